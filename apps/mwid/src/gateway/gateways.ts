import type { SecretBox } from '@lamplighter/access'
import type { Bus, Consumer, ConsumerDefinition } from '@lamplighter/bus'
import type { Logger } from '@lamplighter/runtime'
import { type RemoteAddress, type SipStack, systemClock } from '@lamplighter/sip'
import type { DeliveringGateway, GatewayLampRepository, SipRepository } from '@lamplighter/store'
import type { Epoch } from '../epoch.js'
import type { LampMetrics } from '../lamp-metrics.js'
import { LampTrace } from '../lamp-trace.js'
import type { PeerLogin } from './ari-client.js'
import { gatewayConsumer } from './gateway-consumer.js'
import { GatewayLedger } from './gateway-ledger.js'
import { GatewayRecords } from './gateway-records.js'
import { GatewaySender } from './gateway-sender.js'
import { GatewayWorker } from './gateway-worker.js'

/** What the gateways' side of the worker is made of. */
export type GatewaysParts = {
  readonly repository: GatewayLampRepository
  readonly sip: SipRepository
  readonly bus: Bus
  readonly stack: () => SipStack
  /** What a phone dials from its envelope key. */
  readonly accessCode: string
  readonly epoch: Epoch
  readonly metrics: LampMetrics
  readonly secrets: SecretBox
  readonly originUuid: string
  readonly log: Logger
}

/** Everything that tells gateways, put together; started and stopped with the term of the SIP worker. */
export class Gateways {
  /** Who is woken by events. */
  readonly consumer: ConsumerDefinition
  readonly #parts: GatewaysParts
  readonly #ledger: GatewayLedger
  readonly #sender: GatewaySender
  readonly #worker: GatewayWorker
  #consumer: Consumer | undefined

  constructor(parts: GatewaysParts) {
    const { repository, sip, stack, accessCode, epoch, metrics, log } = parts
    this.#parts = parts
    this.#ledger = new GatewayLedger(repository, new LampTrace(epoch, metrics), metrics, log)
    this.#sender = new GatewaySender({ stack, accessCode, login: (gateway) => this.#login(gateway) })
    this.#worker = new GatewayWorker({
      repository,
      sip,
      sender: this.#sender,
      records: new GatewayRecords(this.#ledger),
      flush: () => this.#ledger.flush(),
      clock: systemClock,
      wallMs: Date.now,
      random: Math.random,
      log,
    })
    this.consumer = gatewayConsumer(parts.originUuid, {
      mailboxChanged: (id, cause) => this.#worker.mailboxChanged(id, cause),
      gatewayChanged: (uuid, cause) => this.#worker.gatewayChanged(uuid, cause),
      policyChanged: (uuid, cause) => this.#try(this.#worker.policyChanged(uuid, cause)),
      reassertRequested: (asked, cause) => this.#try(this.#worker.reassert(asked, cause)),
    })
  }

  /** Takes over what the tables hold, then listens. The stack must be started. */
  async start(): Promise<void> {
    this.#ledger.start()
    await this.#worker.start()
    this.#consumer = await this.#parts.bus.consume(this.consumer)
  }

  /** Compares every lamp with the truth, in the background. */
  reconcile(): void {
    this.#worker.reconcile()
  }

  /** A connection is gone; if it led to a target, that is asked at once whether it is still there. */
  connectionClosed(peer: RemoteAddress): void {
    this.#worker.connectionClosed(peer)
  }

  async stop(): Promise<void> {
    await this.#consumer?.stop()
    await this.#worker.stop()
    this.#sender.stop()
    await this.#ledger.stop()
  }

  #login({ uuid, username, sealedSecret }: DeliveringGateway): PeerLogin | undefined {
    if (username === null || sealedSecret === null) return undefined
    const password = this.#parts.secrets.open(sealedSecret, uuid)
    if (password === undefined)
      this.#parts.log.warn({ gateway: uuid }, 'the secret of a gateway cannot be opened: set it again')
    return password === undefined ? undefined : { username, password }
  }

  /** What could not be looked at now is found by the reconciliation. */
  #try(work: Promise<void>): void {
    work.catch((err) => this.#parts.log.warn({ err }, 'the lamps of gateways cannot be looked at yet'))
  }
}
