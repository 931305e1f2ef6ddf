import type { Principal } from '@lamplighter/access'
import type { IncomingMessage } from '@lamplighter/bus'

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

/** Reads the audience; only boolean true counts, as on the bus itself. */
export function audienceOf({ name, headers }: IncomingMessage): Audience {
  const users = new Set<string>()
  for (const [key, value] of Object.entries(headers)) {
    if (value === true && key.startsWith(USER_PREFIX)) users.add(key.slice(USER_PREFIX.length))
  }
  const { tenant_uuid: tenant, required_acl: acl } = headers as { tenant_uuid?: unknown; required_acl?: unknown }
  return {
    name,
    tenant: typeof tenant === 'string' ? tenant : null,
    everyone: users.has('*'),
    users,
    requiredAcl: typeof acl === 'string' || acl === null ? acl : undefined,
  }
}

/**
 * Whether a principal is among the audience (bus.md 3.3): the master tenant sees everything; admins and services see
 * their tenant; everybody else what is theirs or everyone's. Then the ACL of the token decides.
 */
export function mayReceive(principal: Principal, audience: Audience): boolean {
  if (audience.requiredAcl === undefined || !isAddressed(principal, audience)) return false
  return principal.allows(audience.requiredAcl)
}

function isAddressed(principal: Principal, { tenant, everyone, users }: Audience): boolean {
  if (principal.tenantIsMaster) return true
  if (tenant !== principal.tenantId) return false
  return principal.admin || principal.purpose !== 'user' || everyone || users.has(principal.userId)
}
