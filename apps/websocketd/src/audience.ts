import { INTERNAL_EVENTS } from '@lamplighter/contracts'

/** Whom an event is for, read from its headers once (bus.md 2.3). */
export type Audience = {
  readonly name: string
  /** Null for service events. */
  readonly tenant: string | null
  readonly everyone: boolean
  readonly users: ReadonlySet<string>
  /** Undefined: nobody may have it through the gateway. Null: no access is needed. */
  readonly requiredAcl: string | null | undefined
}

const USER_PREFIX = 'user_uuid:'

/**
 * Reads the audience; only boolean true counts, as on the bus itself. What is internal is for nobody in particular: who sees
 * all users gets it.
 */
export function audienceOf(name: string, headers: Readonly<Record<string, unknown>>): Audience {
  const users = new Set<string>()
  for (const [key, value] of Object.entries(headers)) {
    if (value === true && key.startsWith(USER_PREFIX)) users.add(key.slice(USER_PREFIX.length))
  }
  const { tenant_uuid: tenant, required_acl: acl } = headers as { tenant_uuid?: unknown; required_acl?: unknown }
  return {
    name,
    tenant: typeof tenant === 'string' ? tenant : null,
    everyone: users.has('*') && !INTERNAL_EVENTS.has(name),
    users,
    requiredAcl: typeof acl === 'string' || acl === null ? acl : undefined,
  }
}
