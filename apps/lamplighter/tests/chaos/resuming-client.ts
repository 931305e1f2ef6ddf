import WebSocket from 'ws'
import { GatewayClient, NAMES } from './gateway-client.js'

const MARKS = /,"cursor":"([\w-]+)","event_id":"([0-9a-f-]{36})"\}$/
const LONGEST_MARKS = 160
/** Of a megabyte each: Linux holds up to four for a socket, the gateway one. */
const UNREAD_ANSWERS = 12

type Page = { items: { cursor: string; event_id: string }[]; cursor: string; more: boolean }

/** A client of protocol 3 that goes on where it was; where that is too far back it reads the log over REST first. */
export class ResumingClient extends GatewayClient {
  /** Ids of its events, in the order of their coming. */
  readonly events: string[] = []
  /** Returns the gateway answered with a replay. */
  replays = 0
  /** Returns it refused, with the reason. */
  readonly refusals: string[] = []
  /** What happened to it, with the cursor it had then. */
  readonly diary: string[] = []
  #cursor: string | undefined
  #live = false
  #tooFarBack = false
  /** Whether the socket was opened with a cursor. */
  #resuming = false

  get live(): boolean {
    return this.#live && this.socket?.readyState === WebSocket.OPEN
  }

  /** Reads nothing any more until it is told to, and asks for more than the network holds. */
  stopReading(): void {
    this.socket?.pause()
    for (let asked = 0; asked < UNREAD_ANSWERS; asked++) this.command('ping', { payload: 'x'.repeat(1_000_000) })
  }

  readAgain(): void {
    this.socket?.resume()
  }

  protected query(): string {
    return `version=3${this.#cursor === undefined ? '' : `&resume=${this.#cursor}`}`
  }

  protected opened(): void {
    this.#live = false
    this.#tooFarBack = false
    this.#resuming = this.#cursor !== undefined
    this.#write('connects')
  }

  protected take(frame: string): void {
    const marks = frame.startsWith('{"op":"event"') ? MARKS.exec(frame.slice(-LONGEST_MARKS)) : null
    if (marks) return this.#note(marks[1] ?? '', marks[2] ?? '')
    const { op, code, data } = JSON.parse(frame) as { op: string; code: number; data: Record<string, string> | null }
    if (op === 'init') this.subscribeAndStart()
    else if (op === 'resume' && code === 0) {
      this.replays++
      this.#live = true
      this.#write(`was told ${data?.['replayed']} again`)
    } else if (op === 'resume') this.#refused(data?.['reason'] ?? '')
    // Who comes back is there when it has what it missed.
    else if (op === 'start') this.#live = !this.#resuming
    if (op === 'init') this.#cursor ??= data?.['cursor']
  }

  protected override async between(): Promise<void> {
    this.#write(`was closed by ${this.closes.at(-1)}`)
    if (this.#tooFarBack) await this.#readLog().catch((err: Error) => this.#write(err.message))
  }

  #write(what: string): void {
    this.diary.push(`${new Date().toISOString()} at ${this.#cursor}: ${what}`)
  }

  #note(cursor: string, eventId: string): void {
    if (this.#tooFarBack) return
    this.#cursor = cursor
    this.events.push(eventId)
  }

  /** The present that follows now would leave a gap. */
  #refused(reason: string): void {
    this.refusals.push(reason)
    this.#write(`is refused: ${reason}`)
    this.#tooFarBack = true
    this.socket?.close()
  }

  async #readLog(): Promise<void> {
    for (let more = true; more; ) {
      const query = new URLSearchParams({ after: this.#cursor ?? '', limit: '1000', name: NAMES.join(',') })
      const answer = await fetch(`${this.seat.url}/api/events?${query}`, {
        headers: { 'x-auth-token': this.seat.token },
      })
      if (!answer.ok) throw new Error(`the log could not be read: ${answer.status}`)
      const page = (await answer.json()) as Page
      this.events.push(...page.items.map(({ event_id: id }) => id))
      this.#cursor = page.cursor
      this.#write(`read ${page.items.length}`)
      more = page.more
    }
  }
}
