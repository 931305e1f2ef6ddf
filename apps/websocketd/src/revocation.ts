import { REVOCATION_EVENTS, type Revocation, readRevocation } from '@lamplighter/contracts'
import type { OutgoingEvent } from './outgoing-event.js'

/** What an event says about sessions and rights; undefined for all others, whose bodies are not parsed. */
export function revocationOf(event: OutgoingEvent): Revocation | undefined {
  const { name } = event.audience
  if (!REVOCATION_EVENTS.includes(name)) return undefined
  const { data } = JSON.parse(event.body.toString()) as { data?: Readonly<Record<string, unknown>> | null }
  return readRevocation(name, data ?? {})
}
