import type { UserId } from './ids.js'

/**
 * Who does something, and by which request: what the audit log remembers of it. A null user is the system itself, e.g.
 * when messages grow too old.
 */
export type Actor = {
  readonly userId: UserId | null
  readonly requestId: string | null
  /** Address the request came from. */
  readonly remoteAddr: string | null
}

/**
 * What a security team wants to hear of at once (users.md, feature 7): these entries are also said on the bus, in the
 * transaction that writes them. Permanent like every action.
 */
export const SECURITY_ACTIONS = [
  /** So many wrong passwords that an account, or a name nobody has, must wait. */
  'login.throttled',
  /** Somebody else ended a session, or revoked a refresh token. */
  'session.revoked',
  'refresh_token.revoked',
  /** Somebody else set the password of an account. */
  'password.replaced',
  /** A policy was taken, lessened or deleted, an account disabled or deleted. */
  'rights.removed',
  /** A consumer on the bus was asked for that would have had more than it may. */
  'event_consumer.refused',
  'pin.locked',
  'pin.unlocked',
  'mailbox.exported',
  'caller.exported',
] as const
/** One of {@link SECURITY_ACTIONS}. */
export type SecurityAction = (typeof SECURITY_ACTIONS)[number]

/** Whether an entry is also said on the bus. */
export function isSecurityAction(action: AuditAction): action is SecurityAction {
  return (SECURITY_ACTIONS as readonly AuditAction[]).includes(action)
}

/** What the audit log can say; permanent, because people filter by it. */
export type AuditAction =
  | 'message.listened'
  | 'message.moved'
  | 'message.deleted'
  | 'message.restored'
  | 'message.purged'
  | 'message.held'
  | 'message.released'
  | 'message.transcribed'
  | 'message.untranscribed'
  | 'greeting.created'
  | 'greeting.replaced'
  | 'greeting.copied'
  | 'greeting.deleted'
  | 'pin.changed'
  | 'message.claimed'
  | 'message.unclaimed'
  | 'message.handled'
  | 'message.flagged'
  | 'message.forwarded'
  | 'mailbox.created'
  | 'mailbox.edited'
  | 'mailbox.deleted'
  | 'mailbox.shared'
  | 'mailbox.restored'
  /** For good, with all its messages. */
  | 'mailbox.purged'
  | 'mailbox.imported'
  | 'caller.erased'
  /** Somebody asked for its phones to be told again. */
  | 'lamp.reasserted'
  /** A guest checked out. */
  | 'mailbox.reset'
  /** A device asked over SIP for a mailbox it may not watch. */
  | 'mailbox.watch_refused'
  | 'user.associated'
  | 'user.dissociated'
  | SecurityAction

/** What the system does by itself, e.g. because a message grew too old. */
export const SYSTEM_ACTOR: Actor = { userId: null, requestId: null, remoteAddr: null }
