import type { ProtocolVersion } from '@lamplighter/contracts'
import { type Audience, audienceOf } from './audience.js'
import { type Cursor, formatCursor } from './cursor.js'

/** An event from the bus or from the log. */
export type EventSource = {
  readonly name: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer | string
  readonly eventId: string | undefined
  /** Its number in the log; undefined when somebody else published it. */
  readonly cursor: number | undefined
}

const HEAD = Buffer.from('{"op":"event","code":0,"data":')
const TAIL = Buffer.from('}')

/**
 * An event on its way to the clients. Each form of it is made when the first of them needs it, and what a list of ACL
 * patterns says of it is decided once for everyone with that list.
 */
export class OutgoingEvent {
  readonly audience: Audience
  readonly cursor: number | undefined
  readonly #source: EventSource
  readonly #epoch: string
  readonly #decisions = new Map<readonly string[], boolean>()
  #body: Buffer | undefined
  #frame2: Buffer | undefined
  #frame3: Buffer | undefined
  #serverSent: Buffer | undefined

  /** @param epoch of the log its cursor is a number of */
  constructor(source: EventSource, epoch: string) {
    this.audience = audienceOf(source.name, source.headers)
    this.cursor = source.cursor
    this.#source = source
    this.#epoch = epoch
  }

  /** The body as it came, byte for byte. */
  get body(): Buffer {
    this.#body ??= Buffer.from(this.#source.body)
    return this.#body
  }

  /** The cursor as clients get it. */
  get cursorText(): string | null {
    return this.cursor === undefined ? null : formatCursor(this.#epoch, this.cursor)
  }

  get eventId(): string | null {
    return this.#source.eventId ?? null
  }

  /** Whether somebody who has everything up to a cursor has it already. A cursor of another history says nothing. */
  isUpTo({ epoch, number }: Cursor): boolean {
    return this.cursor !== undefined && this.cursor <= number && this.#epoch === epoch
  }

  /** What a socket of this version is sent. */
  frame(version: ProtocolVersion): Buffer {
    if (version === 1) return this.body
    if (version === 2) {
      this.#frame2 ??= Buffer.concat([HEAD, this.body, TAIL])
      return this.#frame2
    }
    this.#frame3 ??= Buffer.concat([
      HEAD,
      this.body,
      Buffer.from(`,"cursor":${JSON.stringify(this.cursorText)},"event_id":${JSON.stringify(this.eventId)}}`),
    ])
    return this.#frame3
  }

  /** What a stream of server-sent events is sent; its id is the cursor, which browsers send back. */
  get serverSent(): Buffer {
    const id = this.cursorText === null ? '' : `id: ${this.cursorText}\n`
    this.#serverSent ??= Buffer.from(`${id}data: ${this.body.toString().replaceAll(/\r\n|\r|\n/g, '\ndata: ')}\n\n`)
    return this.#serverSent
  }

  /** What a list of patterns says of it, decided once per list: everybody who has it has the same instance. */
  decide(patterns: readonly string[], decision: () => boolean): boolean {
    const known = this.#decisions.get(patterns)
    if (known !== undefined) return known
    const decided = decision()
    this.#decisions.set(patterns, decided)
    return decided
  }
}
