import type { SessionId, TenantId, UserId } from './ids.js'

/** What kind of account a token stands for (bus.md 1.1). */
export type Purpose = 'user' | 'internal' | 'external_api'

/** A session as the store knows it now: its ACL is the user's policies at this moment, not a copy made at login. */
export type SessionRecord = {
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly username: string | null
  readonly tenantId: TenantId
  readonly tenantIsMaster: boolean
  readonly purpose: Purpose
  /** Holder of the built-in administrator policy. */
  readonly admin: boolean
  readonly acl: readonly string[]
  readonly mobile: boolean
  readonly userAgent: string
  readonly remoteAddr: string
  readonly createdAt: Date
  readonly expiresAt: Date
}
