import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type RequestBody, wav } from '../support.js'

/** What a writer needs to know. */
export type Desk = {
  readonly url: string
  readonly token: string
  readonly mailbox: number
  /** The least time from the beginning of one change to that of the next. */
  readonly paceMs: number
}

const ANSWER_MS = 10_000
const REPEAT_AFTER_MS = 50

/**
 * Changes messages of one mailbox, one change after the other. Like a patient client it repeats what was not answered
 * until it is, so what it noted is exactly what was done: a move that was done already changes nothing, a deposit has
 * its key, and what is deleted already is not found.
 */
export abstract class Writer {
  /** What was answered well, in order, by message. */
  readonly done = new Map<string, string[]>()
  /** Requests that had to be repeated. */
  repeats = 0
  readonly #desk: Desk
  #began = 0

  constructor(desk: Desk) {
    this.#desk = desk
  }

  get changes(): number {
    return [...this.done.values()].reduce((sum, { length }) => sum + length, 0)
  }

  /** Changes until told to stop; the change that is under way then is finished. */
  async write(goOn: () => boolean): Promise<void> {
    while (goOn()) await this.step()
  }

  /** The next change. */
  protected abstract step(): Promise<void>

  protected async deposit(): Promise<string> {
    const headers = { 'idempotency-key': randomUUID(), 'content-type': 'audio/wav' }
    const answer = await this.#insist('POST', 'messages?caller_id_num=1', { headers, body: wav(100) })
    const { id } = (await answer.json()) as { id: string }
    this.done.set(id, ['created'])
    return id
  }

  protected async move(message: string, folder: number): Promise<void> {
    await this.#insist('PUT', `messages/${message}`, { body: JSON.stringify({ folder_id: folder }) })
    this.done.get(message)?.push(`updated ${folder}`)
  }

  /** Moves all of these by one call. */
  protected async moveAll(messages: readonly string[], folder: number): Promise<void> {
    const body = JSON.stringify({ action: 'move', ids: messages, folder_id: folder })
    const answer = await this.#insist('POST', 'messages/bulk', { body })
    const { items } = (await answer.json()) as { items: { id: string; status: number }[] }
    for (const { id, status } of items) {
      if (status !== 204) throw new Error(`${id} could not be moved: ${status}`)
      this.done.get(id)?.push(`updated ${folder}`)
    }
  }

  protected async delete(message: string): Promise<void> {
    await this.#insist('DELETE', `messages/${message}`)
    this.done.get(message)?.push('deleted')
  }

  async #insist(
    method: string,
    path: string,
    { headers = {}, body = null }: { headers?: Record<string, string>; body?: RequestBody | null } = {},
  ): Promise<Response> {
    const { url, token, mailbox, paceMs } = this.#desk
    await delay(Math.max(0, this.#began + paceMs - Date.now()))
    this.#began = Date.now()
    for (let attempt = 0; ; attempt++) {
      const answer = await fetch(`${url}/api/calld/1.0/voicemails/${mailbox}/${path}`, {
        method,
        headers: { 'x-auth-token': token, ...headers },
        body,
        signal: AbortSignal.timeout(ANSWER_MS),
      }).catch(() => undefined)
      const goneAlready = method === 'DELETE' && attempt > 0 && answer?.status === 404
      if (answer?.ok || goneAlready) return answer as Response
      if (answer && answer.status < 500) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      this.repeats++
      await delay(REPEAT_AFTER_MS)
    }
  }
}

const MESSAGES = 10

/** Reads its messages and puts them back, on and on, all at once. */
export class Mover extends Writer {
  readonly #messages: string[] = []
  #folder = 1

  protected async step(): Promise<void> {
    if (this.#messages.length < MESSAGES) return void this.#messages.push(await this.deposit())
    this.#folder = this.#folder === 1 ? 2 : 1
    await this.moveAll(this.#messages, this.#folder)
  }
}

/** Leaves a message, reads it, deletes it, and so on. */
export class Caller extends Writer {
  protected async step(): Promise<void> {
    const message = await this.deposit()
    await this.move(message, 2)
    await this.delete(message)
  }
}
