import type { LampReason } from './lamp.js'

/** What is said of one lamp. */
export type ExplainedLamp = {
  /** Number of the mailbox, as people know it. */
  readonly mailbox: string
  /** New messages it should show. */
  readonly waiting: number
  readonly inSync: boolean
  readonly reason: LampReason
  /** What the device answered last. */
  readonly lastStatus: number | null
  /** What it confirmed last and how many seconds ago; null: never anything. */
  readonly confirmed: { readonly waiting: number; readonly agoSec: number } | null
}

type Tail = (status: number | null) => string

const answered = (status: number | null) => (status === null ? '' : ` (${status})`)

/** Why a lamp is not confirmed, after "but". A reason without words does not compile. */
const OBSTACLES: Readonly<Record<LampReason, Tail>> = {
  acknowledged: () => 'the change is only now on its way to the phone',
  pending: () => 'the phone has not answered yet',
  no_subscription: () => 'the phone has no subscription',
  no_contact: () => 'nobody knows where the phone is: it has neither a subscription nor a registration',
  unreachable: (status) => `the phone did not answer${answered(status)}`,
  peer_refused: (status) => `the phone refused to be told${answered(status)}`,
  retrying: (status) => `the phone asked to be told later${answered(status)}`,
  held_unknown_counts: () => 'the counts cannot be read, and a guess is never sent',
  switched_off: () => 'the device is set to be told nothing (mwi_mode off)',
  blocked_by_policy: () => 'a policy lets no lamp show this mailbox',
  blocked_by_gateway: () => 'the gateway is set to tell nothing',
}

/** Mailboxes a sentence names. */
const MAX_NAMED = 3

/**
 * Why a device's lamp is on or off, in one sentence: what waits where, and what speaks for or against the phone showing
 * it. The lamp that is wrong speaks for all; else the one that was confirmed longest ago.
 */
export function explainLamps(device: string, lamps: readonly ExplainedLamp[]): string {
  const name = `The lamp of device '${device}'`
  const witness = lamps.find(({ inSync }) => !inSync) ?? oldest(lamps)
  if (!witness) return `${name} is dark because the device watches no mailbox.`
  const is = witness.inSync ? 'is' : 'should be'
  const lit = lamps.filter(({ waiting }) => waiting > 0)
  const state = lit.length > 0 ? `${is} lit because ${listed(lit)}` : `${is} dark because ${nothingIn(lamps)}`
  return `${name} ${state}${evidence(witness, lamps.length)}.`
}

function oldest(lamps: readonly ExplainedLamp[]): ExplainedLamp | undefined {
  return [...lamps].sort((a, b) => (b.confirmed?.agoSec ?? 0) - (a.confirmed?.agoSec ?? 0))[0]
}

function listed(lit: readonly ExplainedLamp[]): string {
  const named = lit.slice(0, MAX_NAMED).map(({ mailbox, waiting }) => `mailbox ${mailbox} has ${messages(waiting)}`)
  const more = lit.length - named.length
  return inWords(more > 0 ? [...named, `${more} more have some, too`] : named)
}

function nothingIn(lamps: readonly ExplainedLamp[]): string {
  const [only] = lamps
  return lamps.length === 1 && only
    ? `mailbox ${only.mailbox} has no new messages`
    : `none of its ${lamps.length} mailboxes has new messages`
}

function evidence({ mailbox, inSync, reason, lastStatus, confirmed }: ExplainedLamp, of: number): string {
  const obstacle = OBSTACLES[reason](lastStatus)
  if (inSync && confirmed) {
    const since = reason === 'acknowledged' ? '' : `, but by now ${obstacle}`
    return `; the phone confirmed this ${ago(confirmed.agoSec)} ago${since}`
  }
  const about = of > 1 ? ` (mailbox ${mailbox})` : ''
  const before = confirmed
    ? `the last it confirmed was ${messages(confirmed.waiting)}, ${ago(confirmed.agoSec)} ago`
    : 'it never confirmed anything'
  return `, but ${obstacle}${about}; ${before}`
}

function messages(count: number): string {
  if (count === 0) return 'no new messages'
  return count === 1 ? '1 new message' : `${count} new messages`
}

function inWords(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/** A length of time as people say it. */
function ago(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 120) return `${whole} s`
  if (whole < 2 * 3600) return `${Math.round(whole / 60)} min`
  return whole < 48 * 3600 ? `${Math.round(whole / 3600)} h` : `${Math.round(whole / 86_400)} days`
}
