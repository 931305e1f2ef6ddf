import type { SecretBox } from '@lamplighter/access'
import type { MailboxId, MwiSourceId } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import { partyOf, type SipRequest, type SipStack, systemClock } from '@lamplighter/sip'
import {
  feedMailbox,
  type HeardCounts,
  type MwiSourceStatus,
  onlyTenant,
  type Store,
  type SubscribedServer,
} from '@lamplighter/store'
import { KeyedQueue } from './keyed-queue.js'
import { type SourceContext, SourceSubscription } from './source-subscription.js'
import { logLost } from './source-watch.js'

/** What the subscriptions are made of. */
export type SourceSubscriptionsDependencies = {
  readonly store: Store
  readonly secrets: SecretBox
  readonly stack: () => SipStack
  readonly log: Logger
}

/** Between the first SUBSCRIBEs of two servers at a start. */
const START_GAP_MS = 20

/** Our subscriptions at other servers: one per source of that kind. Only the active worker has any. */
export class SourceSubscriptions {
  readonly #parts: SourceSubscriptionsDependencies
  readonly #queue = new KeyedQueue()
  #subscriptions = new Map<MwiSourceId, SourceSubscription>()
  #stopped = false

  constructor(parts: SourceSubscriptionsDependencies) {
    this.#parts = parts
  }

  /** Subscribes everywhere anew, paced. */
  async start(): Promise<void> {
    const servers = await this.#parts.store.external.servers()
    servers.forEach((server, index) => {
      this.#begin(server, index * START_GAP_MS)
    })
  }

  /** A source was created, changed or deleted: what it had is taken back, what it asks for now begins. */
  changed(uuid: MwiSourceId): void {
    this.#renew(uuid).catch((err) => this.#parts.log.warn({ err, source: uuid }, 'a source of counts cannot be read'))
  }

  /** A mailbox came into the trash or out of it: its server, where it has one, is asked no more, or again. */
  mailboxChanged(mailboxId: MailboxId): void {
    const { store, log } = this.#parts
    this.#queue
      .run(`mailbox ${mailboxId}`, async () => {
        const uuid = await store.external.serverOf(mailboxId)
        if (uuid !== undefined) await this.#renew(uuid)
      })
      .catch((err) => log.warn({ err, mailboxId }, 'the source of a mailbox cannot be read'))
  }

  /** The subscription whose dialog a NOTIFY is in. */
  find({ headers }: SipRequest): SourceSubscription | undefined {
    const key = `${headers.get('call-id')} ${partyOf(headers, 'to')?.params.get('tag')}`
    for (const one of this.#subscriptions.values()) if (one.dialogKey === key) return one
    return undefined
  }

  /** Leaves them to whoever is active next. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const subscription of this.#subscriptions.values()) subscription.drop()
    this.#subscriptions = new Map()
    await this.#queue.idle()
  }

  #renew(uuid: MwiSourceId): Promise<void> {
    return this.#queue.run(uuid, async () => {
      const [server] = await this.#parts.store.external.servers(uuid)
      const before = this.#subscriptions.get(uuid)
      this.#subscriptions.delete(uuid)
      void before?.stop()
      if (server) this.#begin(server, 0)
    })
  }

  #begin(server: SubscribedServer, delayMs: number): void {
    // What was being read about it came too late.
    if (this.#stopped) return
    const subscription = new SourceSubscription(server, this.#context())
    this.#subscriptions.set(server.uuid, subscription)
    subscription.start(delayMs)
  }

  #context(): SourceContext {
    const { secrets, stack, log } = this.#parts
    return {
      stack,
      clock: systemClock,
      random: Math.random,
      log,
      secretOf: ({ sealedSecret, uuid }) => (sealedSecret === null ? undefined : secrets.open(sealedSecret, uuid)),
      heard: (server, said) => {
        const heard = { ...said, source: 'subscribe', at: new Date() } as const
        return this.#queue.run(server.uuid, () => this.#feed(server, heard))
      },
      stands: (server, status) => this.#note(server, status),
    }
  }

  async #feed({ uuid, tenantId, mailboxId }: SubscribedServer, heard: HeardCounts): Promise<void> {
    const { store, log } = this.#parts
    await feedMailbox(store, onlyTenant(tenantId), mailboxId, heard, log)
    await store.external.heard(uuid, heard.at)
  }

  /** A server that is waited for or does not want us is not heard of: what it last said is old from now on. */
  #note({ uuid, mailboxId }: SubscribedServer, status: MwiSourceStatus): void {
    const { store, log } = this.#parts
    const at = new Date()
    this.#queue
      .run(uuid, async () =>
        logLost(log, await store.changeSources((alarm) => alarm.stands(uuid, mailboxId, status, at))),
      )
      .catch((err) => log.warn({ err, source: uuid }, 'how a subscription stands cannot be written'))
  }
}
