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
  | 'pin.locked'
  | 'pin.unlocked'
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
  | 'mailbox.exported'
  | 'mailbox.imported'
  | 'caller.exported'
  | 'caller.erased'
  /** Somebody asked for its phones to be told again. */
  | 'lamp.reasserted'
  /** A guest checked out. */
  | 'mailbox.reset'
  | 'user.associated'
  | 'user.dissociated'

/** What the system does by itself, e.g. because a message grew too old. */
export const SYSTEM_ACTOR: Actor = { userId: null, requestId: null, remoteAddr: null }
