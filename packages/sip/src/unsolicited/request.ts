import { randomBytes } from 'node:crypto'
import { MESSAGE_SUMMARY, MESSAGE_SUMMARY_TYPE } from '../event-packages/message-summary.js'
import { Headers } from '../message/headers.js'
import type { SipRequest } from '../message/message.js'
import { routed } from '../subscription/dialog.js'
import { newTag } from '../user-agent/responses.js'

/** Whom an unsolicited NOTIFY tells, and who tells it. */
export type UnsolicitedNotify = {
  /** The contact exactly as it was registered: phones find their account by it. */
  readonly contact: string
  /** Path of the registration, first proxy first. */
  readonly path: readonly string[]
  /** URI whose lamp it is. */
  readonly addressOfRecord: string
  /** URI of the service that tells. */
  readonly from: string
  /** Our own Contact, in brackets. */
  readonly ownContact: string
  /** Absent: a new one. Some phones take no other than that of their REGISTER. */
  readonly callId?: string
  readonly body: string
}

/**
 * A NOTIFY nobody subscribed to, without Via. It stands outside any dialog: a To tag would make phones answer 481, and
 * its Subscription-State is `terminated`, because there is nothing that goes on (sip.md 1.6).
 */
export function unsolicitedNotify({
  contact,
  path,
  addressOfRecord,
  from,
  ownContact,
  callId = randomBytes(16).toString('hex'),
  body,
}: UnsolicitedNotify): SipRequest {
  const { uri, routes } = routed({ remoteTarget: contact, routeSet: path })
  const headers = new Headers()
  headers.add('Max-Forwards', '70')
  for (const route of routes) headers.add('Route', route)
  headers.add('From', `<${from}>;tag=${newTag()}`)
  headers.add('To', `<${addressOfRecord}>`)
  headers.add('Call-ID', callId)
  headers.add('CSeq', '1 NOTIFY')
  headers.add('Contact', ownContact)
  headers.add('Event', MESSAGE_SUMMARY)
  headers.add('Subscription-State', 'terminated')
  headers.add('Content-Type', MESSAGE_SUMMARY_TYPE)
  return { kind: 'request', method: 'NOTIFY', uri, headers, body: Buffer.from(body) }
}
