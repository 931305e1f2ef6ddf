import { addSummaries, DEVICE_PROFILES } from '@lamplighter/domain'
import { formatMessageSummary, MESSAGE_SUMMARY, MESSAGE_SUMMARY_TYPE } from '@lamplighter/sip'
import type { EventPackage } from './event-package.js'
import { messageAccount } from './message-account.js'

/** Counts, summed over what is shown (RFC 3842). Nothing watched is nothing waiting, said in so many words. */
export const summaryPackage: EventPackage = {
  event: MESSAGE_SUMMARY,
  types: [MESSAGE_SUMMARY_TYPE],
  contentType: () => MESSAGE_SUMMARY_TYPE,
  body: (view, mailboxes) => {
    const { urgentPart } = DEVICE_PROFILES[view.form.profile]
    return formatMessageSummary(addSummaries(mailboxes.map(({ summary }) => summary)), messageAccount(view), urgentPart)
  },
}
