import {
  applyRegister,
  type Binding,
  bindingKey,
  FLOW_TIMER_SEC,
  type IncomingRequest,
  isBoundToFlow,
  parseUri,
  partyOf,
  REGISTRATION_EXPIRY,
  type RemoteAddress,
  type SipRequest,
  supports,
} from '@lamplighter/sip'
import type { ContactRepository, SipDevice, StoredContact } from '@lamplighter/store'
import type { SipAuthentication } from './authentication.js'
import { OneAtATime } from './one-at-a-time.js'

/** A contact that a REGISTER set, and where that came from. */
export type RegisteredContact = {
  readonly contact: StoredContact
  readonly from: RemoteAddress
  /** Its phone started anew: whatever it was told, it may not show it. */
  readonly fresh: boolean
}

/** Told of registrations, after they are committed and answered. */
export type RegistrationListener = {
  registered(device: SipDevice, set: readonly RegisteredContact[], removed: readonly string[]): void
}

/** What the handler is made of. */
export type RegisterDependencies = {
  readonly contacts: ContactRepository
  readonly authentication: SipAuthentication
  readonly listener: RegistrationListener
  /** Wall clock, milliseconds. */
  readonly wallMs: () => number
}

/**
 * A small registrar (RFC 3261 10.3, with Path and outbound): real phones subscribe only after a 200 to REGISTER, and
 * who cannot subscribe is told where it is registered (sip.md 1.5).
 */
export class RegisterHandler {
  readonly #parts: RegisterDependencies
  readonly #queue = new OneAtATime<string>()

  constructor(parts: RegisterDependencies) {
    this.#parts = parts
  }

  async handle(incoming: IncomingRequest): Promise<void> {
    const { request, respond } = incoming
    const to = partyOf(request.headers, 'to')
    if (!to?.uri) return respond(400)
    const device = await this.#parts.authentication.authenticate(incoming, to.uri.user)
    if (!device) return
    if (to.uri.user !== device.sipUsername || !device.mayRegister) return respond(403)
    // What a REGISTER changes depends on what the one before it left.
    await this.#queue.run(device.uuid, () => this.#apply(incoming, device, to.uriText))
  }

  async #apply(incoming: IncomingRequest, device: SipDevice, addressOfRecord: string): Promise<void> {
    const { request, from, respond } = incoming
    const nowMs = this.#parts.wallMs()
    const known = await this.#parts.contacts.ofDevice(device.uuid)
    const registration = applyRegister(request, known.map(toBinding), nowMs)
    if (!registration.ok) return respond(registration.status, refusalLines(registration.status))
    const { bindings, changes } = registration
    const kept = new Set(bindings.map(bindingKey))
    const removed = known
      .filter(({ binding, expiresAt }) => expiresAt.getTime() > nowMs && !kept.has(binding))
      .map(({ binding }) => binding)
    const set = changes.map(({ binding, fresh }) => {
      const contact = { ...toContact(binding, request, from), deviceId: device.uuid, addressOfRecord }
      return { contact: { ...contact, ...remembered(contact, known, fresh, nowMs) }, from, fresh }
    })
    if (set.length + removed.length > 0) await this.#parts.contacts.save(device.uuid, set, removed)
    respond(200, acceptedLines(request, bindings, registration.outbound, nowMs))
    this.#parts.listener.registered(device, set, removed)
  }
}

function toBinding({ expiresAt, ...contact }: StoredContact): Binding {
  return { ...contact, expiresAtMs: expiresAt.getTime() }
}

type PlacedContact = Omit<StoredContact, 'deviceId' | 'addressOfRecord' | 'acknowledgedBody' | 'refusedUntil'>

function toContact({ expiresAtMs, ...binding }: Binding, request: SipRequest, from: RemoteAddress): PlacedContact {
  const uri = parseUri(binding.uri)
  return {
    ...binding,
    binding: bindingKey(binding),
    transport: from.transport ?? 'UDP',
    remoteHost: from.host,
    remotePort: from.port,
    flowBound: uri !== undefined && isBoundToFlow(uri, binding, from),
    userAgent: request.headers.get('user-agent')?.slice(0, 200) ?? null,
    expiresAt: new Date(expiresAtMs),
  }
}

/** A phone that started anew acknowledged nothing; a refusal goes with it to its new address. */
function remembered(
  { binding, callId }: Pick<StoredContact, 'binding' | 'callId'>,
  known: readonly StoredContact[],
  fresh: boolean,
  nowMs: number,
): Pick<StoredContact, 'acknowledgedBody' | 'refusedUntil'> {
  const same = known.find((one) => one.binding === binding)
  const refusals = known
    .filter((one) => one === same || (!same && one.callId === callId))
    .map(({ refusedUntil }) => refusedUntil?.getTime() ?? 0)
  const refusedUntilMs = Math.max(0, ...refusals)
  return {
    acknowledgedBody: fresh ? null : (same?.acknowledgedBody ?? null),
    refusedUntil: refusedUntilMs > nowMs ? new Date(refusedUntilMs) : null,
  }
}

function refusalLines(status: number): [string, string][] {
  return status === 423 ? [['Min-Expires', String(REGISTRATION_EXPIRY.minSec)]] : []
}

/** Every contact with the time it has left; Path and outbound only for who knows them (RFC 3327 5.3, RFC 5626 6). */
function acceptedLines(
  request: SipRequest,
  bindings: readonly Binding[],
  outbound: boolean,
  nowMs: number,
): [string, string][] {
  const path = request.headers.all('path')
  const lines = bindings.map((binding): [string, string] => ['Contact', contactLine(binding, nowMs)])
  if (supports(request, 'path')) lines.push(...path.map((value): [string, string] => ['Path', value]))
  lines.push(['Supported', 'path, outbound'])
  if (outbound) lines.push(['Require', 'outbound'])
  // A proxy on the way keeps the flow, and says itself how long it waits.
  if (outbound && path.length === 0) lines.push(['Flow-Timer', String(FLOW_TIMER_SEC)])
  return lines
}

function contactLine({ uri, instance, regId, expiresAtMs }: Binding, nowMs: number): string {
  const expires = `expires=${Math.max(0, Math.round((expiresAtMs - nowMs) / 1000))}`
  const quoted = instance?.replace(/["\\]/g, '\\$&')
  const device = quoted === undefined ? '' : `;+sip.instance="${quoted}"`
  return `<${uri}>;${expires}${device}${regId === null ? '' : `;reg-id=${regId}`}`
}
