import { cseqOf, topVia } from '../message/fields.js'
import type { SipRequest, SipResponse } from '../message/message.js'

/** What RFC 3261 branches begin with. */
export const MAGIC_COOKIE = 'z9hG4bK'

/**
 * The key by which a repeat of a request is known (RFC 3261 17.2.3): branch, sent-by and method; for peers that follow
 * the old RFC 2543, everything that RFC compares. Undefined when there is no usable Via.
 */
export function serverKey(request: SipRequest): string | undefined {
  const via = topVia(request.headers)
  if (!via) return undefined
  const branch = via.params.get('branch') ?? ''
  const sentBy = `${via.host}:${via.port ?? ''}`
  if (branch.startsWith(MAGIC_COOKIE) && branch.length > MAGIC_COOKIE.length)
    return `${branch}|${sentBy}|${request.method}`
  const { headers } = request
  const old = ['to', 'from', 'call-id', 'cseq', 'via'].map((name) => headers.get(name) ?? '')
  return [request.uri, sentBy, request.method, ...old].join('|')
}

/** The key by which a response finds its request: our branch and the method. */
export function clientKey(response: SipResponse): string | undefined {
  const branch = topVia(response.headers)?.params.get('branch')
  const method = cseqOf(response.headers)?.method
  return branch === undefined || method === undefined ? undefined : `${branch}|${method}`
}
