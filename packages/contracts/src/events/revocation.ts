import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import { policyChanged, sessionDeleted, userRightsChanged } from './auth.js'

/** What an event of authd means for whoever remembers sessions and rights. */
export type Revocation =
  | { readonly kind: 'session ended'; readonly sessionId: SessionId }
  | { readonly kind: 'rights of user'; readonly userId: UserId }
  | { readonly kind: 'rights of tenant'; readonly tenantId: TenantId }

type Data = Readonly<Record<string, unknown>>

const READERS: Readonly<Record<string, (data: Data) => Revocation | undefined>> = {
  [sessionDeleted.name]: ({ uuid }) =>
    typeof uuid === 'string' ? { kind: 'session ended', sessionId: uuid as SessionId } : undefined,
  [userRightsChanged.name]: ({ user_uuid: user }) =>
    typeof user === 'string' ? { kind: 'rights of user', userId: user as UserId } : undefined,
  [policyChanged.name]: ({ tenant_uuid: tenant }) =>
    typeof tenant === 'string' ? { kind: 'rights of tenant', tenantId: tenant as TenantId } : undefined,
}

/** Names of the events that {@link readRevocation} understands. */
export const REVOCATION_EVENTS: readonly string[] = Object.keys(READERS)

/** What an event with this name and data says about sessions and rights; undefined for all others. */
export function readRevocation(name: string, data: Data): Revocation | undefined {
  return Object.hasOwn(READERS, name) ? READERS[name]?.(data) : undefined
}
