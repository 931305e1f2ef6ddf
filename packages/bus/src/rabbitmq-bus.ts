import { Backoff, type Logger, sleep } from '@lamplighter/runtime'
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib'
import type {
  Bus,
  Consumer,
  ConsumerDefinition,
  DeadLetter,
  IncomingMessage,
  OutgoingMessage,
  PublishOptions,
} from './bus.js'
import { sendBack, toDeadLetter, wasRefused } from './dead-letter.js'
import { decide } from './decide.js'
import { declareQueue } from './declare-queue.js'
import { declareTopology } from './declare-topology.js'
import { BusRefusedError, BusUnavailableError } from './errors.js'
import { openConnection } from './open-connection.js'
import { publishAll } from './publisher.js'
import { APP_ID, DEAD_LETTER_QUEUE, EVENT_EXCHANGE, RETRY_DELAY_MS, TENANT_DEAD_QUEUE } from './topology.js'

/** Settings of the RabbitMQ transport. */
export type RabbitMqBusOptions = {
  readonly retryDelayMs?: number
  /** Silence of the broker while a connection is made, after which it is given up. */
  readonly connectTimeoutMs?: number
  /** Channels that publish side by side; order is kept per order key. */
  readonly shards?: number
}

type Properties = { messageId?: string; appId?: string; correlationId?: string }
type Session = { readonly connection: ChannelModel; readonly publishers: readonly ConfirmChannel[] }
type Registration = {
  readonly definition: ConsumerDefinition
  channel: Channel | undefined
  consumerTag: string
  stopped: boolean
  running: number
}

/**
 * The bus over RabbitMQ. A lost connection is made again with jitter, and with it the exchange, the queues and the
 * consumers; a message is acknowledged only on the channel that delivered it.
 */
export class RabbitMqBus implements Bus {
  readonly #url: string
  readonly #log: Logger
  readonly #retryDelayMs: number
  readonly #connectTimeoutMs: number | undefined
  readonly #shards: number
  readonly #registrations = new Set<Registration>()
  readonly #listeners: (() => void)[] = []
  readonly #stopping = new AbortController()
  #session: Session | undefined
  #reconnecting: Promise<void> | undefined
  #returned = 0
  /** Why the broker takes no messages now, if it does not. */
  #blocked: string | undefined

  constructor(url: string, log: Logger, options: RabbitMqBusOptions = {}) {
    this.#url = url
    this.#log = log
    this.#retryDelayMs = options.retryDelayMs ?? RETRY_DELAY_MS
    this.#connectTimeoutMs = options.connectTimeoutMs
    this.#shards = options.shards ?? 1
  }

  get connected(): boolean {
    return this.#session !== undefined
  }

  get returned(): number {
    return this.#returned
  }

  /**
   * Connects. A broker that is away is waited for in the background, now as later (decision 0047).
   *
   * @throws BusRefusedError when the broker does not want us: waiting would not help
   */
  async start(): Promise<void> {
    try {
      await this.#connect()
    } catch (err) {
      const refusal = refusalIn(err)
      if (refusal !== undefined) throw new BusRefusedError(refusal, { cause: err })
      this.#log.warn({ err }, 'RabbitMQ cannot be reached; events wait in the log until it can')
      this.#comeBack()
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#reconnecting
    await Promise.all([...this.#registrations].map((registration) => this.#stopConsumer(registration)))
    const session = this.#session
    this.#session = undefined
    await session?.connection.close().catch(() => {})
  }

  async publish(messages: readonly OutgoingMessage[], { toTenants = false }: PublishOptions = {}): Promise<void> {
    await publishAll(this.#takingSession().publishers, messages, toTenants)
  }

  async consume(definition: ConsumerDefinition): Promise<Consumer> {
    const registration: Registration = { definition, channel: undefined, consumerTag: '', stopped: false, running: 0 }
    this.#registrations.add(registration)
    if (this.#session) await this.#startConsumer(this.#session, registration)
    return { stop: () => this.#stopConsumer(registration) }
  }

  async consumeDeadLetters(keep: (letter: DeadLetter) => Promise<void>): Promise<Consumer> {
    const own = await this.#consumeDead({ queue: DEAD_LETTER_QUEUE, prefetch: 20 }, keep)
    // One by one: a tenant that rejects everything must not keep whoever keeps it busy.
    const keepRefused = async (letter: DeadLetter) => (wasRefused(letter) ? keep(letter) : undefined)
    const tenants = await this.#consumeDead({ queue: TENANT_DEAD_QUEUE, prefetch: 1 }, keepRefused)
    return { stop: async () => void (await Promise.all([own.stop(), tenants.stop()])) }
  }

  /** A letter waits here for whoever keeps it: given back it would be counted, and RabbitMQ 4 drops it at the 20th time. */
  async #consumeDead(
    place: Pick<ConsumerDefinition, 'queue' | 'prefetch'>,
    keep: (letter: DeadLetter) => Promise<void>,
  ): Promise<Consumer> {
    const stopping = new AbortController()
    const handle = async (message: IncomingMessage) => {
      const letter = toDeadLetter(message)
      while (!stopping.signal.aborted && !this.#stopping.signal.aborted) {
        try {
          await keep(letter)
          return 'ack'
        } catch (err) {
          this.#log.error({ err }, 'dead letter could not be kept')
          await sleep(this.#retryDelayMs, stopping.signal)
        }
      }
      return 'retry'
    }
    const consumer = await this.consume({ ...place, durability: 'durable', bindings: [], handle })
    return {
      stop: () => {
        stopping.abort()
        return consumer.stop()
      },
    }
  }

  async redeliver(letter: DeadLetter): Promise<boolean> {
    return sendBack(this.#takingSession().connection, letter)
  }

  onReconnect(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** @throws BusUnavailableError when there is nobody who takes messages now */
  #takingSession(): Session {
    if (!this.#session) throw new BusUnavailableError('RabbitMQ is not connected')
    if (this.#blocked !== undefined) throw new BusUnavailableError(`RabbitMQ takes no messages: ${this.#blocked}`)
    return this.#session
  }

  async #connect(): Promise<void> {
    const connection = await openConnection(this.#url, 'lamplighter', this.#connectTimeoutMs)
    // Reported here and acted on at `close`, which always follows.
    connection.on('error', (err) => this.#log.warn({ err }, 'RabbitMQ connection failed'))
    this.#watchAlarms(connection)
    let closed = false
    connection.once('close', () => {
      closed = true
      if (this.#session?.connection === connection) this.#lost()
    })
    try {
      await declareTopology(connection)
      const publishers: ConfirmChannel[] = []
      while (publishers.length < this.#shards) publishers.push(await this.#openPublisher(connection))
      const session = { connection, publishers }
      for (const registration of this.#registrations) await this.#startConsumer(session, registration)
      // Its last answer and its end may come in one piece: nobody would ever notice that this one is dead.
      if (closed) throw new BusUnavailableError('RabbitMQ closed the connection while it was made')
      this.#session = session
    } catch (error) {
      await connection.close().catch(() => {})
      throw error
    }
  }

  /** A broker short of memory or disk says so and reads nothing more until it says that it is over. */
  #watchAlarms(connection: ChannelModel): void {
    this.#blocked = undefined
    connection.on('blocked', (reason: string) => {
      this.#blocked = reason
      this.#log.warn({ reason }, 'RabbitMQ takes no messages')
    })
    connection.on('unblocked', () => {
      this.#blocked = undefined
      this.#log.info('RabbitMQ takes messages again')
    })
  }

  async #openPublisher(connection: ChannelModel): Promise<ConfirmChannel> {
    const publisher = await connection.createConfirmChannel()
    publisher.on('error', (err) => this.#log.warn({ err }, 'RabbitMQ channel failed'))
    publisher.on('return', () => this.#returned++)
    // A channel that the broker closed is mended like a lost connection: everything is made anew.
    publisher.on('close', () => void connection.close().catch(() => {}))
    return publisher
  }

  #lost(): void {
    this.#session = undefined
    if (this.#stopping.signal.aborted || this.#reconnecting) return
    this.#log.warn('RabbitMQ connection lost')
    this.#comeBack()
  }

  #comeBack(): void {
    this.#reconnecting = this.#reconnect().finally(() => {
      this.#reconnecting = undefined
    })
  }

  async #reconnect(): Promise<void> {
    const backoff = new Backoff(200, 10_000)
    while (!this.#stopping.signal.aborted) {
      await sleep(backoff.nextMs(), this.#stopping.signal)
      if (this.#stopping.signal.aborted) return
      try {
        await this.#connect()
        this.#log.info('RabbitMQ connection is back')
        for (const listener of this.#listeners) listener()
        return
      } catch (err) {
        this.#log.debug({ err }, 'RabbitMQ still away')
      }
    }
  }

  async #startConsumer({ connection }: Session, registration: Registration): Promise<void> {
    if (registration.stopped) return
    const { definition } = registration
    const channel = await connection.createChannel()
    channel.on('error', (err) => this.#log.warn({ err, queue: definition.queue }, 'consumer channel failed'))
    channel.on('close', () => void connection.close().catch(() => {}))
    await channel.prefetch(definition.prefetch)
    const queue = await declareQueue(connection, channel, definition, this.#log)
    for (const binding of definition.bindings) {
      await channel.bindQueue(queue, EVENT_EXCHANGE, '', { ...binding, 'x-match': 'all' })
    }
    registration.channel = channel
    const { consumerTag } = await channel.consume(queue, (message) => {
      // Null: the queue was deleted under us. A new connection declares it again.
      if (!message) void connection.close().catch(() => {})
      // What was on its way goes back when the channel is closed.
      else if (!registration.stopped) void this.#handle(channel, registration, message)
    })
    registration.consumerTag = consumerTag
  }

  async #handle(channel: Channel, registration: Registration, message: ConsumeMessage): Promise<void> {
    registration.running++
    try {
      const outcome = await decide(registration.definition, toIncoming(message), this.#log)
      if (outcome === 'retry') await sleep(this.#retryDelayMs, this.#stopping.signal)
      if (registration.channel !== channel) return
      if (outcome === 'ack') channel.ack(message)
      else this.#refuse(channel, registration.definition, message, outcome === 'retry')
    } catch (err) {
      // The channel closed meanwhile: the broker delivers the message again by itself.
      this.#log.debug({ err }, 'message could not be settled')
    } finally {
      registration.running--
    }
  }

  #refuse(channel: Channel, { durability, queue }: ConsumerDefinition, message: ConsumeMessage, retry: boolean): void {
    // A durable queue counts deliveries and dead-letters by itself; an exclusive one comes back once.
    const again = retry && (durability === 'durable' || !message.fields.redelivered)
    if (!again) this.#log.error({ eventId: message.properties.messageId, queue }, 'message parked as dead letter')
    channel.nack(message, false, again)
  }

  /** Takes no more messages, and those that are being handled to their end. */
  async #stopConsumer(registration: Registration): Promise<void> {
    registration.stopped = true
    this.#registrations.delete(registration)
    const { channel, consumerTag } = registration
    if (!channel) return
    channel.removeAllListeners('close')
    await cancel(channel, consumerTag)
    while (registration.running > 0) await sleep(5)
    registration.channel = undefined
    await channel.close().catch(() => {})
  }
}

/** Lets the broker send nothing more. A channel that is closed gets nothing anyway. */
async function cancel(channel: Channel, consumerTag: string): Promise<void> {
  try {
    await channel.cancel(consumerTag)
  } catch {}
}

/** What amqplib's words mean, where they mean that the settings are wrong. It gives no code. */
function refusalIn(error: unknown): string | undefined {
  const { message } = error as Error
  if (message.startsWith('Handshake terminated by server: 403')) return 'it does not know the account'
  if (message.startsWith('Expected ConnectionOpenOk')) return 'it does not let us into the virtual host'
  return undefined
}

function toIncoming({ content, fields, properties }: ConsumeMessage): IncomingMessage {
  const headers = (properties.headers ?? {}) as Record<string, unknown>
  const { messageId, appId, correlationId } = properties as Properties
  const name = typeof headers['name'] === 'string' ? headers['name'] : ''
  // Only what we published ourselves: others may use the property for something of their own.
  const cursor = appId === APP_ID && /^\d{1,15}$/.test(correlationId ?? '') ? Number(correlationId) : undefined
  return { eventId: messageId, name, headers, body: content, cursor, redelivered: fields.redelivered }
}
