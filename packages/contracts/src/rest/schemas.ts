import { EXTERNAL_SOURCES, type External, isStale } from '@lamplighter/domain'
import Type, { type Static, type TOptional, type TSchema, type TString } from 'typebox'

/**
 * A value or null, as one schema with two types: an `anyOf` would cost the serializer a validation per value and say
 * twice what is wrong with an input.
 */
export function nullable<Schema extends TSchema & { type: string }>(schema: Schema) {
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, 'null'] })
}

/** Text without control characters: what ends up in headers, configuration files and other people's lists (F-39, F-47). */
export function text(maxLength: number, minLength = 0) {
  return Type.String({ minLength, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })
}

/** What a phone dials from its envelope key; it stands in a line of a NOTIFY's body, so the form is narrow. */
export const messageAccount = Type.String({
  pattern: '^(?:[0-9A-Za-z*#+._-]{1,79}|sips?:[0-9A-Za-z*+._%-]{1,79}@[0-9A-Za-z.:\\[\\]-]{1,255})(?!\\n)$',
  description: 'what a phone dials from its envelope key, a number or a SIP URI; null is the default',
  examples: ['*97', 'sip:voicemail@example.org'],
})

/** A boolean that a body may also spell as a query does: `on`, `False`, 1 (rest.md 1.6, 2.10). */
export const laxBoolean = Type.Boolean({ 'x-lax': true })

/** A link of a resource to itself. */
export const linkSchema = Type.Object({ rel: Type.String(), href: Type.String() })

/** Where the counts of a mailbox come from when its messages lie elsewhere; null: it is our own. */
export const externalSchema = nullable(
  Type.Object(
    {
      source: Type.Enum([...EXTERNAL_SOURCES], { description: 'the feed that sets its counts' }),
      last_heard_at: nullable(
        Type.String({ description: 'when the source last said how much waits; null: never yet' }),
      ),
      stale: Type.Boolean({ description: 'the source was due and was not heard of: these are the last counts' }),
    },
    { description: 'null: our own mailbox' },
  ),
)
/** Wire form of {@link externalSchema}. */
export type ExternalView = Static<typeof externalSchema>

/** Where the counts of a mailbox come from, as every answer that shows a mailbox says it. */
export function toExternalView(external: External | null, now: Date): ExternalView {
  if (!external) return null
  const { source, lastHeardAt } = external
  return { source, last_heard_at: lastHeardAt?.toISOString() ?? null, stale: isStale(external, now) }
}

/** Order direction of every list. */
export const direction = Type.Enum(['asc', 'desc'])

/** Cut of a list: `limit` at least 1, absent means everything. */
export const pageFields = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
}

/** A list in confd's form. */
export function confdList<Schema extends TSchema>(items: Schema) {
  return Type.Object({ total: Type.Integer(), items: Type.Array(items) })
}

/** A list in auth's form: `total` counts all rows in scope, `filtered` those that match (rest.md 1.7). */
export function authList<Schema extends TSchema>(items: Schema) {
  return Type.Object({ total: Type.Integer(), filtered: Type.Integer(), items: Type.Array(items) })
}

/** Parameters every list of auth has; `limit` 0 gives no rows. */
export const authListFields = {
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  direction: Type.Optional(direction),
  search: Type.Optional(text(256)),
}

/** A text to search for or to compare with. */
const term = Type.Optional(Type.String({ maxLength: 1024 }))

/** Query of a list that can be searched, ordered and filtered by the exact value of its columns (rest.md 1.7). */
export function confdListFields<const Column extends string>(columns: readonly Column[]) {
  const filters = Object.fromEntries(columns.map((column) => [column, term])) as Record<Column, TOptional<TString>>
  return {
    ...pageFields,
    order: Type.Optional(Type.Enum([...columns])),
    direction: Type.Optional(direction),
    search: term,
    recurse: Type.Optional(Type.Boolean()),
    ...filters,
  }
}

/** Query of the simple lists. */
export const pageQuery = Type.Object({ ...pageFields, recurse: Type.Optional(Type.Boolean()) })

/** A moment of a query: ISO 8601 with an offset or `Z`; the handler reads it (rest.md 1.6). */
export const awareDateTime = Type.String({
  maxLength: 64,
  description: 'ISO 8601 with an offset or `Z`',
  examples: ['2026-11-24T09:00:00Z'],
})
