import { randomUUID } from 'node:crypto'
import { waitFor } from '@lamplighter/testing'
import { type ChannelModel, type ConsumeMessage, connect } from 'amqplib'

/** A message as a plain AMQP client gets it. */
export type HeardMessage = {
  readonly name: string
  readonly routingKey: string
  readonly properties: ConsumeMessage['properties']
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A plain AMQP client that hears everything on `wazo-headers`, as an existing consumer would. */
export class BusEar {
  readonly heard: HeardMessage[] = []
  readonly #connection: ChannelModel
  readonly #mark: (device: string) => Promise<unknown>

  private constructor(connection: ChannelModel, mark: (device: string) => Promise<unknown>) {
    this.#connection = connection
    this.#mark = mark
  }

  /** @param mark creates a SIP device with this username: its event tells when everything before it has come */
  static async open(url: string, mark: (device: string) => Promise<{ uuid: string }>): Promise<BusEar> {
    const connection = await connect(url)
    const ear = new BusEar(connection, async (device) => {
      const { uuid } = await mark(device)
      await waitFor(() => ear.#about(uuid), { what: 'the marker' })
      ear.heard.pop()
    })
    const channel = await connection.createChannel()
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, 'wazo-headers', '', { 'x-match': 'all' })
    const take = (message: ConsumeMessage | null) => {
      if (message) ear.heard.push(toHeard(message))
    }
    await channel.consume(queue, take, { noAck: true })
    return ear
  }

  /** What this work says, in order. */
  async during(work: () => Promise<unknown>): Promise<HeardMessage[]> {
    await this.#settled()
    const from = this.heard.length
    await work()
    await this.#settled()
    return this.heard.slice(from)
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  #about(device: string): boolean {
    return this.heard.at(-1)?.body.includes(device) === true
  }

  async #settled(): Promise<void> {
    await this.#mark(`m${randomUUID().slice(0, 8)}`)
  }
}

function toHeard({ content, fields, properties }: ConsumeMessage): HeardMessage {
  const headers = (properties.headers ?? {}) as Record<string, unknown>
  return {
    name: String(headers['name']),
    routingKey: fields.routingKey,
    properties,
    headers,
    body: content.toString('utf8'),
  }
}
