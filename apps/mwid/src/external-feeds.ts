import type { SecretBox } from '@lamplighter/access'
import { type Bus, type Consumer, type ConsumerDefinition, SERVICE_QUEUES } from '@lamplighter/bus'
import {
  mwiSourceCreated,
  mwiSourceDeleted,
  mwiSourceEdited,
  voicemailDeleted,
  voicemailRestored,
} from '@lamplighter/contracts'
import type { Logger } from '@lamplighter/runtime'
import type { DigestAuthenticator, IncomingRequest, SipStack } from '@lamplighter/sip'
import type { Store } from '@lamplighter/store'
import { readSubjects } from './event-subjects.js'
import { NotifyHandler } from './notify-handler.js'
import { RequestLimiter } from './request-limiter.js'
import { SourceSubscriptions } from './source-subscriptions.js'
import { SourceWatch } from './source-watch.js'

/** What the feeds are made of. */
export type ExternalFeedsDependencies = {
  readonly store: Store
  readonly bus: Bus
  readonly digest: DigestAuthenticator
  readonly secrets: SecretBox
  readonly originUuid: string
  readonly stack: () => SipStack
  readonly log: Logger
}

/** What one address may send: a system that restarts tells all its mailboxes at once. */
const NOTIFY_LIMIT = { ratePerSec: 100, burst: 500 }
const SOURCE_EVENTS = [mwiSourceCreated.name, mwiSourceEdited.name, mwiSourceDeleted.name]
/** Nobody is asked for the counts of a mailbox in the trash. */
const TRASH_EVENTS = [voicemailDeleted.name, voicemailRestored.name]

/** SIP feeds of external mailboxes: what peers tell us, what we ask of servers, and who of them says nothing any more. */
export class ExternalFeeds {
  /** Hears of sources and their mailboxes. */
  readonly consumer: ConsumerDefinition
  readonly #parts: ExternalFeedsDependencies
  readonly #subscriptions: SourceSubscriptions
  readonly #handler: NotifyHandler
  readonly #watch: SourceWatch
  readonly #limiter = new RequestLimiter(NOTIFY_LIMIT)
  #consumer: Consumer | undefined

  constructor(parts: ExternalFeedsDependencies) {
    this.#parts = parts
    this.#subscriptions = new SourceSubscriptions(parts)
    this.#handler = new NotifyHandler({ ...parts, subscriptions: this.#subscriptions })
    this.#watch = new SourceWatch(parts.store, parts.log)
    this.consumer = sourceConsumer(parts.originUuid, this.#subscriptions)
  }

  /** Subscribes anew everywhere, and from now on as sources and their mailboxes come, change and go. */
  async start(): Promise<void> {
    this.#consumer = await this.#parts.bus.consume(this.consumer)
    await this.#subscriptions.start()
    this.#watch.start()
  }

  async stop(): Promise<void> {
    await this.#watch.stop()
    await this.#consumer?.stop()
    await this.#subscriptions.stop()
  }

  /** Answers a NOTIFY. A passing fault is no answer: silence, and it comes again. */
  async notified(incoming: IncomingRequest): Promise<void> {
    const { from, respond, ignore } = incoming
    const admission = this.#limiter.admit(from.host, performance.now())
    if (admission === 'drop') return ignore()
    if (admission === 'refuse') return respond(503, [['Retry-After', String(5 + Math.floor(Math.random() * 25))]])
    try {
      await this.#handler.handle(incoming)
    } catch (err) {
      this.#parts.log.warn({ err }, 'a NOTIFY could not be taken')
      ignore()
    }
  }
}

/** Events only say which source to look at, so that one that comes twice begins its subscription anew and changes nothing. */
function sourceConsumer(originUuid: string, subscriptions: SourceSubscriptions): ConsumerDefinition {
  return {
    ...SERVICE_QUEUES.sources,
    bindings: [...SOURCE_EVENTS, ...TRASH_EVENTS].map((name) => ({ name, origin_uuid: originUuid })),
    prefetch: 100,
    handle: (message) => {
      const { source, mailbox } = readSubjects(message) ?? {}
      if (source !== undefined) subscriptions.changed(source)
      else if (mailbox !== undefined) subscriptions.mailboxChanged(mailbox)
      else return 'dead_letter'
      return 'ack'
    },
  }
}
