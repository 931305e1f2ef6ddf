import { addSummaries, isLampLit } from '@lamplighter/domain'
import { DIALOG, DIALOG_INFO_TYPE, formatDialogInfo } from '@lamplighter/sip'
import { entityOf } from './entity.js'
import type { EventPackage } from './event-package.js'

/** Lit or dark, for the programmable keys of a phone (RFC 4235; users.md 2.1, 22). */
export const dialogPackage: EventPackage = {
  event: DIALOG,
  types: [DIALOG_INFO_TYPE],
  versioned: true,
  contentType: () => DIALOG_INFO_TYPE,
  body: (view, mailboxes, version) => {
    const lit = isLampLit(addSummaries(mailboxes.map(({ summary }) => summary)))
    return formatDialogInfo({ entity: entityOf(view), id: 'mailbox', lit }, version)
  },
}
