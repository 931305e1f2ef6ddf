import { type DeviceId, requestCause } from '@lamplighter/domain'
import type { IncomingRequest } from '@lamplighter/sip'
import type { StoredSubscription } from '@lamplighter/store'
import { SipAuthentication } from './authentication.js'
import type { Batcher } from './batcher.js'
import { DeviceReads } from './device-reads.js'
import { RefusalAudit } from './refusal-audit.js'
import { RegisterHandler, type RegistrationListener } from './register-handler.js'
import { RequestLimiter } from './request-limiter.js'
import { SubscribeHandler } from './subscribe-handler.js'
import type { Subscription } from './subscription.js'
import type { SubscriptionContext } from './subscription-context.js'
import type { SubscriptionTable } from './subscription-table.js'
import type { MwiTermDependencies, Time } from './term-parts.js'

/** What serving phones takes. */
export type PhoneRequestsParts = Pick<
  MwiTermDependencies,
  'sip' | 'contacts' | 'digest' | 'settings' | 'audit' | 'log'
> & {
  readonly time: Time
  readonly table: SubscriptionTable
  readonly commits: Batcher<StoredSubscription>
  readonly context: SubscriptionContext<Subscription>
  /** Told of registrations. */
  readonly registrations: RegistrationListener
  /** Looks at a device that was changed while it asked. */
  readonly recheck: (id: DeviceId, cause: ReturnType<typeof requestCause>) => void
  readonly forget: (subscription: Subscription) => void
}

/** What phones ask of us, SUBSCRIBE and REGISTER: each source within its limit. */
export class PhoneRequests {
  readonly #parts: PhoneRequestsParts
  readonly #limiter = new RequestLimiter()
  readonly #subscribe: SubscribeHandler
  readonly #register: RegisterHandler
  #open = false

  constructor(parts: PhoneRequestsParts) {
    const { sip, contacts, digest, settings, audit, log, time } = parts
    this.#parts = parts
    const reads = new DeviceReads(sip)
    const authentication = new SipAuthentication(reads, digest)
    this.#subscribe = new SubscribeHandler({
      ...parts,
      reads,
      authentication,
      refusals: new RefusalAudit(audit, log),
      accessCodes: settings.accessCodes,
      recheck: (id) => parts.recheck(id, requestCause('SUBSCRIBE')),
    })
    const { registrations: listener } = parts
    this.#register = new RegisterHandler({ contacts, authentication, listener, wallMs: time.wallMs })
  }

  /** By method. */
  get handlers() {
    return {
      SUBSCRIBE: (incoming: IncomingRequest) => this.#serve(incoming, () => this.#subscribe.handle(incoming)),
      REGISTER: (incoming: IncomingRequest) => this.#serve(incoming, () => this.#register.handle(incoming)),
    }
  }

  /**
   * From now on requests are served. Before, what the worker before accepted is not known yet: a refresh would be refused,
   * and a retransmitted SUBSCRIBE would make a second dialog. Phones ask again meanwhile.
   */
  open(): void {
    this.#open = true
  }

  /** Within its limit a request is served. A passing fault is no answer: silence, and the phone asks again (sip.md 0.9). */
  async #serve(incoming: IncomingRequest, serve: () => Promise<void>): Promise<void> {
    const { request, from, respond, ignore } = incoming
    if (!this.#open) return ignore()
    const source = `${from.host} ${request.headers.get('from')?.split(';')[0]}`
    const admission = this.#limiter.admit(source, this.#parts.time.clock.now())
    if (admission === 'drop') return ignore()
    if (admission === 'refuse') return respond(503, [['Retry-After', String(5 + Math.floor(Math.random() * 25))]])
    try {
      await serve()
    } catch (err) {
      this.#parts.log.warn({ err, method: request.method }, 'a SIP request could not be served')
      ignore()
    }
  }
}
