import { contactsOf, cseqNumberOf, type Dialog, type SipRequest } from '@lamplighter/sip'
import type { SipDevice, StoredSubscription } from '@lamplighter/store'
import type { Target } from './lamp-content.js'
import type { EventPackageName } from './packages/index.js'

const MAX_TEXT = 200

/** The row of an accepted or refreshed subscription: what a restart needs (sip.md 5.3). */
export function subscriptionRow(
  request: SipRequest,
  device: SipDevice,
  facts: {
    readonly uuid: string
    readonly target: Target
    readonly eventPackage: EventPackageName
    readonly dialog: Dialog
    readonly grantedSec: number
    readonly epoch: number
  },
): StoredSubscription {
  const { uuid, target, eventPackage, dialog, grantedSec, epoch } = facts
  const { headers } = request
  return {
    uuid,
    tenantId: device.tenantId,
    deviceId: device.uuid,
    mailboxId: target,
    eventPackage,
    instance: readInstance(request),
    callId: dialog.callId,
    localTag: dialog.localTag,
    remoteTag: dialog.remoteTag,
    dialog,
    transport: dialog.flow.transport ?? 'UDP',
    remoteHost: dialog.flow.host,
    remotePort: dialog.flow.port,
    remoteCseq: cseqNumberOf(headers),
    epoch,
    userAgent: headers.get('user-agent')?.slice(0, MAX_TEXT) ?? null,
    expiresAt: new Date(Date.now() + grantedSec * 1000),
  }
}

/** `+sip.instance` of the Contact: the same after a restart of the phone, whatever else changes (RFC 5626 4.1). */
function readInstance({ headers }: SipRequest): string | null {
  return contactsOf(headers)[0]?.params.get('+sip.instance')?.slice(0, MAX_TEXT) ?? null
}

/** Whether two subscriptions are of one phone, which lost the older one: then it is told once, by the newer. */
export function isSamePhone(a: StoredSubscription, b: StoredSubscription): boolean {
  return phoneOf(a) === phoneOf(b)
}

/**
 * What a phone is known by: its instance; else where it is and what it calls itself. Behind a proxy all come from one
 * address, so that its Contact is taken there.
 */
function phoneOf({ instance, dialog, remoteHost, remotePort, userAgent }: StoredSubscription): string {
  if (instance !== null) return instance
  const { routeSet, remoteTarget } = dialog as Dialog
  const place = routeSet.length > 0 ? remoteTarget : `${remoteHost} ${remotePort}`
  return `${place}\n${userAgent ?? ''}`
}
