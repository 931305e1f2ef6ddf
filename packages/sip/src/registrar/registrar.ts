import { cseqOf, listItems, parseNameAddress, parseSeconds } from '../message/fields.js'
import type { SipRequest } from '../message/message.js'
import { type ExpiryPolicy, grantExpiry } from '../subscription/expiry.js'
import { type Binding, isFresh, readRegId, replaces } from './binding.js'
import { type OutboundUse, outboundUse, pathOf } from './outbound.js'

/** A binding a REGISTER set, and whether its phone started anew. */
export type BindingChange = { readonly binding: Binding; readonly fresh: boolean }

/** What a REGISTER asks, applied to what was there: the contacts that hold now, or how to refuse it. */
export type Registration =
  | {
      readonly ok: true
      readonly bindings: readonly Binding[]
      /** Those this REGISTER set or refreshed. */
      readonly changes: readonly BindingChange[]
      /** Whether a flow was bound as RFC 5626 has it: the answer must say so. */
      readonly outbound: boolean
    }
  | { readonly ok: false; readonly status: 400 | 423 | 439 | 500 }

/** Contacts one account may have; a further one takes the place of the one that was refreshed longest ago. */
const MAX_BINDINGS = 10
/** What a Contact and a Path may measure: they are kept and sent again. */
const MAX_CONTACT_CHARS = 1000
const MAX_PATH_CHARS = 2000

/** Expiry of contacts: at least a minute, at most two hours (sip.md 1.5). */
export const REGISTRATION_EXPIRY: ExpiryPolicy = { minSec: 60, defaultSec: 3600, maxSec: 7200 }

/** Applies a REGISTER to the present contacts of its account; expired ones are gone first. */
export function applyRegister(request: SipRequest, present: readonly Binding[], nowMs: number): Registration {
  const live = present.filter(({ expiresAtMs }) => expiresAtMs > nowMs)
  const cseq = cseqOf(request.headers)?.number
  const callId = request.headers.get('call-id') ?? ''
  const path = pathOf(request)
  if (cseq === undefined || path === undefined || String(path).length > MAX_PATH_CHARS) return refused(400)
  const contacts = listItems(request.headers, 'contact')
  const headerExpires = parseSeconds(request.headers.get('expires'))
  if (contacts.includes('*')) return applyWildcard(contacts, headerExpires, live, callId, cseq)
  if (contacts.length > MAX_BINDINGS) return refused(400)
  const circumstances = { callId, cseq, nowMs, path, headerExpires, use: outboundUse(request) }
  let bindings = live
  const changes: BindingChange[] = []
  for (const contact of contacts) {
    const change = readContact(contact, circumstances)
    if (typeof change === 'number') return refused(change)
    const replaced = bindings.filter((binding) => replaces(change, binding))
    if (replaced.some((binding) => outdated(binding, callId, cseq) && !named(changes, binding))) return refused(500)
    bindings = bindings.filter((binding) => !replaced.includes(binding))
    if (change.expiresAtMs <= nowMs) continue
    bindings = [...bindings, change]
    changes.push({ binding: change, fresh: isFresh(change, replaced[0]) })
  }
  const kept = bindings.slice(-MAX_BINDINGS)
  const own = changes.filter(({ binding }) => kept.includes(binding))
  return { ok: true, bindings: kept, changes: own, outbound: own.some(({ binding }) => binding.regId !== null) }
}

function refused(status: 400 | 423 | 439 | 500): Registration {
  return { ok: false, status }
}

/** `*` removes everything, and only together with Expires 0. */
function applyWildcard(
  contacts: readonly string[],
  expires: number | undefined,
  live: readonly Binding[],
  callId: string,
  cseq: number,
): Registration {
  if (contacts.length !== 1 || expires !== 0) return refused(400)
  if (live.some((binding) => outdated(binding, callId, cseq))) return refused(500)
  return { ok: true, bindings: [], changes: [], outbound: false }
}

type Circumstances = {
  readonly callId: string
  readonly cseq: number
  readonly nowMs: number
  readonly path: readonly string[]
  readonly headerExpires: number | undefined
  readonly use: OutboundUse
}

function readContact(
  contact: string,
  { callId, cseq, nowMs, path, headerExpires, use }: Circumstances,
): Binding | 400 | 423 | 439 {
  const address = parseNameAddress(contact)
  if (!address?.uri || address.uri.hasHeaders || contact.length > MAX_CONTACT_CHARS) return 400
  const granted = grantExpiry(parseSeconds(address.params.get('expires')) ?? headerExpires, REGISTRATION_EXPIRY)
  if (granted === 'too brief') return 423
  const regId = use === 'none' ? undefined : readRegId(address)
  if (regId !== undefined && use === 'lacking') return 439
  return {
    uri: address.uriText,
    instance: address.params.get('+sip.instance') || null,
    regId: regId ?? null,
    path,
    callId,
    cseq,
    expiresAtMs: nowMs + granted * 1000,
  }
}

/** An older request of the same registration arrived late (RFC 3261 10.3, step 7). */
function outdated(binding: Binding, callId: string, cseq: number): boolean {
  return binding.callId === callId && binding.cseq >= cseq
}

/** One REGISTER may name one device twice; the last counts. */
function named(changes: readonly BindingChange[], binding: Binding): boolean {
  return changes.some((change) => change.binding === binding)
}
