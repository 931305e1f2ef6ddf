import { type ConfirmChannel, connect } from 'amqplib'

/** Takes what is published, and counts it: on the broker's side both sides cost the same. */
export class CountingQueue {
  readonly #close: () => Promise<void>
  #received = 0
  #awaited = Number.POSITIVE_INFINITY
  #arrived: () => void = () => {}

  private constructor(close: () => Promise<void>) {
    this.#close = close
  }

  static async open(url: string, exchange: string): Promise<CountingQueue> {
    const connection = await connect(url, { noDelay: true })
    const channel = await connection.createChannel()
    const counting = new CountingQueue(() => connection.close())
    await channel.assertExchange(exchange, 'headers', { durable: true })
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, exchange, '', { 'x-match': 'all' })
    await channel.consume(queue, () => counting.#count(), { noAck: true })
    return counting
  }

  /** Resolves when this many have come since the last call; none may come too many. */
  expect(count: number): Promise<void> {
    this.#received = 0
    this.#awaited = count
    return new Promise((resolve) => {
      this.#arrived = resolve
    })
  }

  /** How many have come since {@link expect}. */
  get received(): number {
    return this.#received
  }

  close(): Promise<void> {
    return this.#close()
  }

  #count(): void {
    this.#received++
    if (this.#received === this.#awaited) this.#arrived()
  }
}

/** Publishes the same message many times, a number of them unconfirmed at a time: what RabbitMQ can take from one client. */
export class ConfirmPublisher {
  readonly #channel: ConfirmChannel
  readonly #close: () => Promise<void>

  private constructor(channel: ConfirmChannel, close: () => Promise<void>) {
    this.#channel = channel
    this.#close = close
  }

  static async open(url: string): Promise<ConfirmPublisher> {
    const connection = await connect(url, { noDelay: true })
    const channel = await connection.createConfirmChannel()
    return new ConfirmPublisher(channel, () => connection.close())
  }

  /** Resolves when all are confirmed. */
  publish(
    exchange: string,
    message: { headers: Readonly<Record<string, unknown>>; body: string },
    { count, window }: { count: number; window: number },
  ): Promise<void> {
    const body = Buffer.from(message.body)
    const options = { headers: message.headers, deliveryMode: 2, contentType: 'application/json', mandatory: true }
    return new Promise((resolve, reject) => {
      let [sent, confirmed] = [0, 0]
      const send = () => {
        while (sent < count && sent - confirmed < window) {
          sent++
          this.#channel.publish(exchange, '', body, options, (error: unknown) => {
            if (error) return reject(error)
            confirmed++
            if (confirmed === count) resolve()
            else send()
          })
        }
      }
      send()
    })
  }

  close(): Promise<void> {
    return this.#close()
  }
}
