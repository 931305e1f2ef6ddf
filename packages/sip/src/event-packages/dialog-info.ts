import { escapeXml } from './xml.js'

/** Name of the event package behind busy lamp fields (RFC 4235 3.1). */
export const DIALOG = 'dialog'
/** Type of its bodies. */
export const DIALOG_INFO_TYPE = 'application/dialog-info+xml'

/** The one dialog a lamp on a mailbox stands for. */
export type DialogLamp = {
  /** What was subscribed to, as the phone wrote it. */
  readonly entity: string
  /** Names the lamp within its document: the same in every version. */
  readonly id: string
  readonly lit: boolean
}

/**
 * A dialog-info document in full state (RFC 4235 4.1). A mailbox has no calls: while something waits it shows one dialog
 * that is `confirmed`, which every key lights for, and else the same dialog `terminated`.
 *
 * @param version rises with every document of a subscription
 */
export function formatDialogInfo({ entity, id, lit }: DialogLamp, version: number): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="${escapeXml(entity)}">`,
    `<dialog id="${escapeXml(id)}" direction="recipient">`,
    `<state>${lit ? 'confirmed' : 'terminated'}</state>`,
    '</dialog>',
    '</dialog-info>',
    '',
  ].join('\r\n')
}
