import {
  applyRegister,
  type Binding,
  type IncomingRequest,
  parseNameAddress,
  REGISTRATION_EXPIRY,
} from '@lamplighter/sip'
import type { SipRepository } from '@lamplighter/store'
import type { SipAuthentication } from './authentication.js'

/** A small registrar: real phones subscribe only after a 200 to REGISTER (RFC 3261 10.3; sip.md 1.5). */
export class RegisterHandler {
  readonly #sip: SipRepository
  readonly #authentication: SipAuthentication

  constructor(sip: SipRepository, authentication: SipAuthentication) {
    this.#sip = sip
    this.#authentication = authentication
  }

  async handle(incoming: IncomingRequest): Promise<void> {
    const { request, from, respond } = incoming
    const address = parseNameAddress(request.headers.get('to') ?? '')?.uri
    if (!address) return respond(400)
    const device = await this.#authentication.authenticate(incoming, address.user)
    if (!device) return
    if (address.user !== device.sipUsername) return respond(403)
    const now = Date.now()
    const present = (await this.#sip.contacts(device.uuid)).map(({ expiresAt, ...rest }) => ({
      ...rest,
      expiresAtMs: expiresAt.getTime(),
    }))
    const registration = applyRegister(request, present, now)
    if (!registration.ok) {
      return respond(
        registration.status,
        registration.status === 423 ? [['Min-Expires', String(REGISTRATION_EXPIRY.minSec)]] : [],
      )
    }
    const { bindings } = registration
    const userAgent = request.headers.get('user-agent')?.slice(0, 200) ?? null
    const contacts = bindings.map(({ expiresAtMs, ...rest }) => ({ ...rest, expiresAt: new Date(expiresAtMs) }))
    await this.#sip.setContacts(device.uuid, contacts, { ...from, transport: from.transport ?? 'UDP', userAgent })
    respond(
      200,
      bindings.map((binding) => ['Contact', contactLine(binding, now)] as const),
    )
  }
}

function contactLine({ uri, expiresAtMs }: Binding, nowMs: number): string {
  return `<${uri}>;expires=${Math.max(0, Math.round((expiresAtMs - nowMs) / 1000))}`
}
