/**
 * Name of the unique index or constraint an error reports, whichever layer raised it: `pg` puts it on the error, Prisma
 * deep inside its own. Undefined for every other error.
 */
export function violatedConstraint(error: unknown): string | undefined {
  const fromPg = field(error, 'constraint')
  if (typeof fromPg === 'string') return fromPg
  const cause = field(field(field(error, 'meta'), 'driverAdapterError'), 'cause')
  const constraint = field(cause, 'constraint')
  const index = field(constraint, 'index') ?? field(constraint, 'foreignKey')
  if (typeof index === 'string') return index
  const original = field(cause, 'originalMessage')
  return typeof original === 'string' ? /constraint "([^"]+)"/.exec(original)?.[1] : undefined
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}
