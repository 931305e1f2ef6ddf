import type { NameAddress } from '../message/fields.js'
import type { SipUri } from '../message/uri.js'
import type { RemoteAddress } from '../transport/transport.js'

/** A registered contact (RFC 3261 10.3). */
export type Binding = {
  /** To the letter: a NOTIFY must repeat it. */
  readonly uri: string
  /** `+sip.instance`: the same device from a new address replaces its old contact. */
  readonly instance: string | null
  /** `reg-id` of a device that keeps several flows open (RFC 5626 4.2.1); null without outbound. */
  readonly regId: number | null
  /** Proxies on the way to it, nearest to us first (RFC 3327). */
  readonly path: readonly string[]
  readonly callId: string
  readonly cseq: number
  readonly expiresAtMs: number
}

/** What a binding is known by: the device's flow, the device, or the address where it has no name (RFC 5626 6). */
export function bindingKey({ uri, instance, regId }: Pick<Binding, 'uri' | 'instance' | 'regId'>): string {
  if (instance === null) return uri
  return regId === null ? instance : `${instance};reg-id=${regId}`
}

/** Whether a new binding takes the place of an old one. Two flows of one device may have the same URI. */
export function replaces(change: Binding, old: Binding): boolean {
  if (bindingKey(change) === bindingKey(old)) return true
  const bothFlows = change.regId !== null && old.regId !== null
  return change.uri === old.uri && !bothFlows
}

/** Whether the phone behind a binding started anew: then it no longer shows what it was told. */
export function isFresh(change: Binding, old: Binding | undefined): boolean {
  // A client keeps its Call-ID for as long as it runs (RFC 3261 10.2.4).
  return !old || old.uri !== change.uri || old.callId !== change.callId || String(old.path) !== String(change.path)
}

const MAX_REG_ID = 2 ** 31

/** The `reg-id` of a Contact, where its device has an instance to go with it. */
export function readRegId({ params }: NameAddress): number | undefined {
  const text = params.get('reg-id')
  if (text === undefined || !params.get('+sip.instance') || !/^\d{1,10}$/.test(text)) return undefined
  const number = Number(text)
  return number >= 1 && number < MAX_REG_ID ? number : undefined
}

/**
 * Whether a contact can only be reached by the connection it registered on, and so ends with it: a browser's, one that
 * asked for it by outbound, and one whose Contact is not the address of a listening port.
 */
export function isBoundToFlow(uri: SipUri, binding: Pick<Binding, 'regId' | 'path'>, from: RemoteAddress): boolean {
  if (from.flow === undefined || binding.path.length > 0) return false
  if (from.transport === 'WS' || from.transport === 'WSS' || binding.regId !== null) return true
  return uri.host.replace(/^\[|\]$/g, '') !== from.host || uri.port === from.port
}
