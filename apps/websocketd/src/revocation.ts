import { policyChanged, sessionDeleted, userRightsChanged } from '@lamplighter/contracts'
import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import type { OutgoingEvent } from './outgoing-event.js'

/** What an event of authd means for those who are connected. */
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

/** What an event says about sessions and rights; undefined for all others. */
export function revocationOf(event: OutgoingEvent): Revocation | undefined {
  const reader = Object.hasOwn(READERS, event.audience.name) ? READERS[event.audience.name] : undefined
  if (!reader) return undefined
  const { data } = JSON.parse(event.body.toString()) as { data?: Data | null }
  return reader(data ?? {})
}
