import { listItems, parseNameAddress } from '../message/fields.js'
import type { SipRequest } from '../message/message.js'

/**
 * What a REGISTER's way allows of outbound (RFC 5626 6). `none`: the client does not know it. `lacking`: a proxy stands
 * between that does not keep the client's flow, so a `reg-id` would promise what nobody holds.
 */
export type OutboundUse = 'none' | 'possible' | 'lacking'

/** Seconds within which a client shall show that its flow lives; it takes a fifth less (RFC 5626 4.4, 10). */
export const FLOW_TIMER_SEC = 120

/** Whether the client says that it knows an extension. */
export function supports(request: SipRequest, option: string): boolean {
  return [...listItems(request.headers, 'supported'), ...listItems(request.headers, 'require')].some(
    (tag) => tag.toLowerCase() === option,
  )
}

/** Reads it from Supported, the Vias and the Path of the proxy next to the client. */
export function outboundUse(request: SipRequest): OutboundUse {
  if (!supports(request, 'outbound')) return 'none'
  if (listItems(request.headers, 'via').length === 1) return 'possible'
  const nearest = listItems(request.headers, 'path').at(-1)
  return parseNameAddress(nearest ?? '')?.uri?.params.has('ob') ? 'possible' : 'lacking'
}

/** The Path of a REGISTER, nearest proxy first; undefined when an item is no SIP address, or writes headers
 * into ours (RFC 3327 5.3). */
export function pathOf(request: SipRequest): readonly string[] | undefined {
  const path = listItems(request.headers, 'path')
  const addresses = path.map((item) => parseNameAddress(item)?.uri)
  return addresses.every((uri) => uri && !uri.hasHeaders) ? path : undefined
}
