import { contactsOf, cseqOf, listItems, parseVia, partyOf, topVia } from './fields.js'
import type { SipMessage, SipRequest } from './message.js'
import { splitOutsideQuotes } from './uri.js'

/**
 * Whether the headers that every message is handled by can be read (RFC 3261 7.3, 20). Others are looked at only by who
 * needs them: an odd Date or Warning hurts nobody (RFC 4475 3.1.2.12).
 */
export function isWellFormed(message: SipMessage): boolean {
  const { headers } = message
  const cseq = cseqOf(headers)
  const vias = listItems(headers, 'via')
  if (!cseq || !topVia(headers)) return false
  return message.kind === 'response' || isWellFormedRequest(message, cseq.method, vias)
}

function isWellFormedRequest({ method, headers }: SipRequest, cseqMethod: string, vias: readonly string[]): boolean {
  const maxForwards = headers.get('max-forwards')
  if (cseqMethod !== method || vias.some((via, at) => (at > 0 && !parseVia(via)) || hasEmptyParam(via))) return false
  if (maxForwards !== undefined && !(/^\d{1,10}$/.test(maxForwards) && Number(maxForwards) <= 255)) return false
  for (const name of ['from', 'to'] as const)
    if (!partyOf(headers, name) || hasEmptyParam(headers.get(name) ?? '')) return false
  return (
    contactsOf(headers).every((contact) => contact !== undefined) && !listItems(headers, 'contact').some(hasEmptyParam)
  )
}

/** `a;;b` says nothing that could be meant. */
function hasEmptyParam(text: string): boolean {
  if (!/(?:^|;)\s*(?:;|$)/.test(text)) return false
  return splitOutsideQuotes(text, ';').some((part) => part.trim() === '')
}
