import type { IncomingHttpHeaders } from 'node:http'

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The W3C trace context of a request for its log lines; a malformed one is ignored (rest.md 1.2). */
export function traceOf({ traceparent }: IncomingHttpHeaders): { traceparent?: string } {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}
}
