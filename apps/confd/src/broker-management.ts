/** RabbitMQ's management API, for what AMQP itself cannot do: closing the connections of others. */
export class BrokerManagement {
  readonly #base: string
  readonly #authorization: string

  /** @param url e.g. `http://guest:guest@127.0.0.1:15672`; its user needs the tag `administrator` */
  constructor(url: string) {
    const { origin, pathname, username, password } = new URL(url)
    this.#base = `${origin}${pathname.replace(/\/$/, '')}`
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    this.#authorization = `Basic ${Buffer.from(credentials).toString('base64')}`
  }

  /** Closes every connection of a user; the client reads the reason (bus.md 5.8.5). @throws when it could not be asked */
  async closeConnections(username: string, reason: string): Promise<void> {
    const response = await fetch(`${this.#base}/api/connections/username/${encodeURIComponent(username)}`, {
      method: 'DELETE',
      headers: { authorization: this.#authorization, 'x-reason': reason },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body?.cancel()
    // 404: nobody of that name is connected.
    if (!response.ok && response.status !== 404) throw new Error(`RabbitMQ management answered ${response.status}`)
  }
}

const TIMEOUT_MS = 5000
