import type { External } from './external.js'
import type { MailboxId, TenantId, UserId } from './ids.js'
import type { Rights } from './rights.js'
import { EMPTY_SUMMARY, type MessageSummary } from './summary.js'

/** `personal`: its users' own; `global`: shared by every user of the tenant, and then it has no users (rest.md 2.3 R4, R5). */
export type AccessType = 'personal' | 'global'

/** A user as a mailbox shows it. */
export type MailboxUser = {
  readonly uuid: UserId
  readonly id: number
  readonly firstname: string
  readonly lastname: string | null
}

/** Somebody a mailbox is shared with, beside its users; a null user is everyone of the tenant. */
export type MailboxMember = { readonly userId: UserId | null; readonly rights: Rights }

/** Configuration of a mailbox (on the wire: voicemail). It holds messages; its counts are its summary. */
export type Mailbox = {
  readonly id: MailboxId
  readonly tenantId: TenantId
  readonly name: string
  readonly number: string
  readonly context: string
  /** Whether a PIN is set; the PIN itself cannot be read back. */
  readonly hasPin: boolean
  readonly email: string | null
  readonly pager: string | null
  readonly language: string | null
  readonly timezone: string | null
  readonly maxMessages: number | null
  readonly attachAudio: boolean | null
  readonly deleteMessages: boolean
  readonly askPassword: boolean
  readonly enabled: boolean
  readonly accesstype: AccessType
  readonly options: readonly (readonly [string, string])[]
  /** Its messages lie elsewhere and only its counts come to us; null: it is our own. */
  readonly external: External | null
  /** The policy that decides whether its lamps may be lit; null: they may. */
  readonly mwiPolicyUuid: string | null
  readonly users: readonly MailboxUser[]
}

/** The part of a mailbox that messages and events name. */
export type MailboxHead = {
  readonly id: MailboxId
  readonly tenantId: TenantId
  readonly name: string
  readonly number: string
  readonly accesstype: AccessType
  readonly enabled: boolean
  readonly maxMessages: number | null
  /** Null: it is our own and takes messages. */
  readonly external: External | null
}

/** What lamps show of a mailbox: a disabled one is dark whatever it holds. */
export function shownSummary(enabled: boolean, summary: MessageSummary): MessageSummary {
  return enabled ? summary : EMPTY_SUMMARY
}
