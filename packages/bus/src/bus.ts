import type { EventHeaders } from '@lamplighter/contracts'

/** A message on its way to the bus. */
export type OutgoingMessage = {
  /** AMQP `message_id`; consumers drop repeats by it. */
  readonly eventId: string
  readonly name: string
  readonly routingKey: string
  readonly headers: EventHeaders
  readonly body: string
  /** Its place in the log, for consumers that count; on AMQP the property `correlation_id` (decision 0030). */
  readonly cursor?: number
  /** Messages of one key keep their order; those of different keys may overtake each other where the bus has shards. */
  readonly orderKey?: string
}

/** A message as a consumer gets it. `headers` decide routing and access; the body is shown as it came. */
export type IncomingMessage = {
  readonly eventId: string | undefined
  readonly name: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
  /** Its place in the log; undefined when it was published by somebody else. */
  readonly cursor: number | undefined
  readonly redelivered: boolean
}

/** An event as a consumer gets it that is handed over within the process: it has not been through a broker. */
export function toIncoming({ eventId, name, headers, body, cursor }: Handed): IncomingMessage {
  return { eventId, name, headers, body: Buffer.from(body), cursor, redelivered: false }
}

type Handed = Pick<OutgoingMessage, 'eventId' | 'name' | 'headers' | 'body' | 'cursor'>

/** One binding of a headers exchange with x-match=all: every pair must be there, values compared with their type. */
export type HeaderMatch = Readonly<Record<string, string | boolean>>

/** What a handler decided. `retry` comes again, counted and delayed; `dead_letter` is parked and visible. */
export type Outcome = 'ack' | 'retry' | 'dead_letter'

/** A consumer: which queue, which events, what to do. */
export type ConsumerDefinition = {
  /** Queue name, `app.purpose`. An exclusive queue gets a random suffix. */
  readonly queue: string
  /** `exclusive`: lives with this process, for whoever reconciles by itself; `durable`: a named quorum queue, nothing is missed. */
  readonly durability: 'exclusive' | 'durable'
  /** The queue gets what any of these selects. */
  readonly bindings: readonly HeaderMatch[]
  readonly prefetch: number
  handle(message: IncomingMessage): Promise<Outcome> | Outcome
}

/** A message no handler could take, as it was in the queue it died in. */
export type DeadLetter = {
  readonly queue: string
  /** Why, in the broker's words: `rejected`, `delivery_limit`, … */
  readonly reason: string
  readonly eventId: string | undefined
  readonly name: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** A running consumer. */
export type Consumer = { stop(): Promise<void> }

/** How a batch is published. */
export type PublishOptions = {
  /** Also to the topic exchange of tenants, which costs as much again; only where somebody is bound to it. */
  readonly toTenants?: boolean
}

/**
 * The bus. RabbitMQ and the in-process transport implement it alike and pass one contract suite; the truth is in the
 * store, the bus only wakes people up.
 */
export type Bus = {
  start(): Promise<void>
  /** Stops taking messages, lets handlers finish, closes. */
  stop(): Promise<void>
  /**
   * Publishes on `wazo-headers` in order and resolves when the bus has confirmed every message.
   * @throws BusUnavailableError when it did not; the caller publishes the batch again.
   */
  publish(messages: readonly OutgoingMessage[], options?: PublishOptions): Promise<void>
  /** Starts a consumer; after a reconnection it is set up again by itself. */
  consume(definition: ConsumerDefinition): Promise<Consumer>
  /** Hands over what was parked; a letter leaves the bus when `keep` has resolved, and comes again when it throws. */
  consumeDeadLetters(keep: (letter: DeadLetter) => Promise<void>): Promise<Consumer>
  /**
   * Puts a dead letter back into the queue it died in. False when that queue is no more.
   * @throws BusUnavailableError
   */
  redeliver(letter: DeadLetter): Promise<boolean>
  /** Called each time the connection was lost and came back: messages in between may have been missed by exclusive queues. */
  onReconnect(listener: () => void): void
  /** Whether the broker can be reached now. */
  readonly connected: boolean
  /** Messages that no queue wanted, since the start. They are not lost: the log has them. */
  readonly returned: number
}
