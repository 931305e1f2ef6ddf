import { randomUUID } from 'node:crypto'
import { waitFor } from '@lamplighter/testing'
import type { ApiClient } from '../src/demo/api-client.js'
import { EventListener } from '../src/event-listener.js'
import { request, type TestInstallation } from './support.js'

/** Status, headers and body of an answer of confd. */
export type ConfdAnswer = Awaited<ReturnType<typeof request>>
/** Calls confd as one account; a body that is not text is sent as JSON. */
export type ConfdCall = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ConfdAnswer>

/** Calls to confd by an account. */
export function confdOf(installation: TestInstallation, who: ApiClient): ConfdCall {
  return (method, path, body, headers = {}) =>
    request(`${installation.url}/api/confd/1.1${path}`, {
      method,
      token: who.token,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
}

/** An event as tests look at it. */
export type SaidEvent = readonly [name: string, data: Record<string, unknown>]

/** What the changes of a tenant say on the event gateway. */
export class Ear {
  readonly #events: { name: string; data: Record<string, unknown> }[] = []
  readonly #mark: () => Promise<string>
  #listener: EventListener | undefined

  private constructor(mark: () => Promise<string>) {
    this.#mark = mark
  }

  static async open(installation: TestInstallation, who: ApiClient): Promise<Ear> {
    const confd = confdOf(installation, who)
    const ear = new Ear(async () => {
      const { json } = await confd('POST', '/devices', { sip_username: `m${randomUUID().slice(0, 8)}` })
      return (json as { uuid: string }).uuid
    })
    ear.#listener = await EventListener.open(installation.websocketUrl, who.token, (event) => ear.#events.push(event))
    return ear
  }

  close(): void {
    this.#listener?.close()
  }

  /** The events of this work, in order. */
  async during(work: () => Promise<unknown>): Promise<SaidEvent[]> {
    await this.#settled()
    const from = this.#events.length
    await work()
    await this.#settled()
    return this.#events.slice(from, -1).map(({ name, data }) => [name, data] as const)
  }

  /** A marker event tells when everything before it has come. */
  async #settled(): Promise<void> {
    const uuid = await this.#mark()
    await waitFor(() => this.#events.some(({ data }) => data['device_uuid'] === uuid), { what: 'the marker' })
  }
}

/** Names of events. */
export function namesOf(events: readonly SaidEvent[]): string[] {
  return events.map(([name]) => name)
}
