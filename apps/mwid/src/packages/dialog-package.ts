import { addSummaries, isLampLit } from '@lamplighter/domain'
import { DIALOG, DIALOG_INFO_TYPE, formatDialogInfo } from '@lamplighter/sip'
import type { EventPackage } from './event-package.js'

/** Lit or dark, for the programmable keys of a phone (RFC 4235; users.md 2.1, 22). */
export const dialogPackage: EventPackage = {
  event: DIALOG,
  types: [DIALOG_INFO_TYPE],
  contentType: () => DIALOG_INFO_TYPE,
  body: ({ entity }, mailboxes, version) => {
    const lit = isLampLit(addSummaries(mailboxes.map(({ summary }) => summary)))
    return formatDialogInfo({ entity, id: 'mailbox', lit }, version)
  },
}
