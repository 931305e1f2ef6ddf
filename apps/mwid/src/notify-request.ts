import { type Dialog, dialogRequest, type SipRequest } from '@lamplighter/sip'
import type { StoredSubscription } from '@lamplighter/store'
import { type Asked, type LampContent, viewOf } from './lamp-content.js'

/** What one NOTIFY says beside what its subscription is. */
export type NotifyFacts = {
  readonly content: LampContent
  readonly cseq: number
  readonly contact: string
  /** Why the subscription ends with it, if it does. */
  readonly termination: string | undefined
}

/** A NOTIFY inside the dialog of a subscription (RFC 6665 4.2.2). Documents with a version count by the CSeq. */
export function notifyRequest(
  row: StoredSubscription,
  asked: Asked,
  { content, cseq, contact, termination }: NotifyFacts,
): SipRequest {
  const dialog = row.dialog as Dialog
  const { event, require, versioned, contentType, body } = asked.eventPackage
  const request = dialogRequest(dialog, 'NOTIFY', cseq)
  const { headers } = request
  const view = viewOf(asked, content.tag)
  const leftSec = Math.max(0, Math.round((row.expiresAt.getTime() - Date.now()) / 1000))
  headers.add('Contact', contact)
  headers.add('Event', dialog.eventId === null ? event : `${event};id=${dialog.eventId}`)
  headers.add(
    'Subscription-State',
    termination === undefined ? `active;expires=${leftSec}` : `terminated;reason=${termination}`,
  )
  if (require !== undefined) headers.add('Require', require)
  headers.add('Content-Type', contentType(view))
  return { ...request, body: Buffer.from(versioned ? body(view, content.tag, cseq - 1) : content.body) }
}
