import { listItems, parseCSeq, parseNameAddress, parseSeconds } from '../message/fields.js'
import type { SipRequest } from '../message/message.js'
import { type ExpiryPolicy, grantExpiry } from '../subscription/expiry.js'

/** A registered contact (RFC 3261 10.3). */
export type Binding = {
  readonly uri: string
  /** `+sip.instance`: the same device from a new address replaces its old contact. */
  readonly instance: string | null
  readonly callId: string
  readonly cseq: number
  readonly expiresAtMs: number
}

/** What a REGISTER asks, applied to what was there: the contacts that hold now, or how to refuse it. */
export type Registration =
  | { readonly ok: true; readonly bindings: readonly Binding[] }
  | { readonly ok: false; readonly status: 400 | 423 | 500 }

/** Contacts one account may have. */
const MAX_BINDINGS = 10

/** Expiry of contacts: at least a minute, at most two hours (sip.md 1.5). */
export const REGISTRATION_EXPIRY: ExpiryPolicy = { minSec: 60, defaultSec: 3600, maxSec: 7200 }

/** Applies a REGISTER to the present contacts of its account; expired ones are gone first. */
export function applyRegister(request: SipRequest, present: readonly Binding[], nowMs: number): Registration {
  const live = present.filter(({ expiresAtMs }) => expiresAtMs > nowMs)
  const cseq = parseCSeq(request.headers.get('cseq'))?.number
  const callId = request.headers.get('call-id') ?? ''
  if (cseq === undefined) return { ok: false, status: 400 }
  const contacts = listItems(request.headers, 'contact')
  const headerExpires = parseSeconds(request.headers.get('expires'))
  if (contacts.includes('*')) return applyWildcard(contacts, headerExpires, live, callId, cseq)
  let bindings = live
  for (const contact of contacts) {
    const change = readContact(contact, headerExpires, { callId, cseq, nowMs })
    if (typeof change === 'number') return { ok: false, status: change }
    if (bindings.some((binding) => binding.uri === change.uri && outdated(binding, callId, cseq)))
      return { ok: false, status: 500 }
    bindings = bindings.filter((binding) => !replaces(change, binding))
    if (change.expiresAtMs > nowMs) bindings = [...bindings, change]
  }
  return bindings.length > MAX_BINDINGS ? { ok: false, status: 400 } : { ok: true, bindings }
}

/** `*` removes everything, and only together with Expires 0. */
function applyWildcard(
  contacts: readonly string[],
  expires: number | undefined,
  live: readonly Binding[],
  callId: string,
  cseq: number,
): Registration {
  if (contacts.length !== 1 || expires !== 0) return { ok: false, status: 400 }
  if (live.some((binding) => outdated(binding, callId, cseq))) return { ok: false, status: 500 }
  return { ok: true, bindings: [] }
}

function readContact(
  contact: string,
  headerExpires: number | undefined,
  { callId, cseq, nowMs }: { callId: string; cseq: number; nowMs: number },
): Binding | 400 | 423 {
  const address = parseNameAddress(contact)
  if (!address?.uri || address.uri.hasHeaders) return 400
  const granted = grantExpiry(parseSeconds(address.params.get('expires')) ?? headerExpires, REGISTRATION_EXPIRY)
  if (granted === 'too brief') return 423
  const instance = address.params.get('+sip.instance') ?? null
  return { uri: address.uriText, instance, callId, cseq, expiresAtMs: nowMs + granted * 1000 }
}

/** An older request of the same registration arrived late (RFC 3261 10.3, step 7). */
function outdated(binding: Binding, callId: string, cseq: number): boolean {
  return binding.callId === callId && binding.cseq >= cseq
}

function replaces(change: Binding, binding: Binding): boolean {
  return change.uri === binding.uri || (change.instance !== null && change.instance === binding.instance)
}
