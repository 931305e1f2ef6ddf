import type { Actor, MailboxId, SecurityAction, TenantId } from '@lamplighter/domain'
import { draft, type EventDraft } from './drafts.js'
import { securityNoticed } from './security.js'

/** An entry of the audit log that is also said. */
export type SecurityEntry = {
  readonly tenantId: TenantId
  readonly actor: Actor
  readonly action: SecurityAction
  readonly mailboxId?: MailboxId
  readonly details?: Readonly<Record<string, unknown>>
}

/** Says an entry of the audit log to whoever of its tenant may hear it. */
export function securityDraft({ tenantId, actor, action, mailboxId, details = {} }: SecurityEntry): EventDraft {
  return draft(
    securityNoticed,
    { tenant: tenantId },
    {
      action,
      actor_uuid: actor.userId,
      voicemail_id: mailboxId ?? null,
      details,
      request_id: actor.requestId,
      remote_addr: actor.remoteAddr,
    },
  )
}
