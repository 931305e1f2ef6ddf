import type { IncomingMessage } from './bus.js'

/** The `data` of the event a message carries; nothing when the body is no event. */
export function readEventData({ body }: IncomingMessage): Readonly<Record<string, unknown>> {
  try {
    const event: unknown = JSON.parse(body.toString('utf8'))
    const data = typeof event === 'object' && event !== null ? (event as { data?: unknown }).data : undefined
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
