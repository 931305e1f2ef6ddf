import type { RemoteAddress } from '@lamplighter/sip'
import {
  EVENT_LIST,
  formatResourceList,
  MESSAGE_SUMMARY,
  MESSAGE_SUMMARY_TYPE,
  MULTIPART_RELATED_TYPE,
  RLMI_TYPE,
  resourceListType,
} from '@lamplighter/sip'
import type { WatchedMailbox } from '@lamplighter/store'
import { entityOf } from './entity.js'
import type { EventPackage, View } from './event-package.js'
import { mailboxUri } from './message-account.js'
import { summaryPackage } from './summary-package.js'

/** A mailbox takes some 350 bytes of a list; more datagram fragments than these hold do not arrive (RFC 3261 18.1.1). */
const MAX_BY_DATAGRAM = 30

/** Each mailbox by itself in one subscription, for phones that watch many (RFC 4662). */
export const listPackage: EventPackage = {
  event: MESSAGE_SUMMARY,
  types: [MULTIPART_RELATED_TYPE, RLMI_TYPE],
  require: EVENT_LIST,
  each: true,
  versioned: true,
  contentType: ({ host }) => resourceListType(nameOf(host)),
  body: (view, mailboxes, version) => {
    const uri = entityOf(view)
    const host = nameOf(view.host)
    // A mailbox it may watch no more is simply not in the list.
    const own = mailboxes.filter(({ watched }) => watched).toSorted((a, b) => a.mailboxId - b.mailboxId)
    const items = own.map((mailbox) => toItem(view, mailbox))
    return formatResourceList({ uri, host, itemType: MESSAGE_SUMMARY_TYPE, items }, version)
  },
}

function toItem(view: View, mailbox: WatchedMailbox) {
  const { mailboxId, number } = mailbox
  const body = summaryPackage.body({ ...view, account: number }, [mailbox], 0)
  return { uri: mailboxUri(number, view.host), id: `mailbox-${mailboxId}`, body }
}

/** A Content-ID has no port (RFC 2392). */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, '')
}

/** Whether a list of these may be sent to this peer. A stream takes any. */
export function listFits(mailboxes: readonly WatchedMailbox[], { transport = 'UDP' }: RemoteAddress): boolean {
  return transport !== 'UDP' || mailboxes.filter(({ watched }) => watched).length <= MAX_BY_DATAGRAM
}
