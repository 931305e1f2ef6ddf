import { findHeadEnd, PARSER_LIMITS } from '../message/parser.js'

/** What a stream holds next. `broken`: where the next message begins cannot be known; the bytes are what led there. */
export type Frame =
  | { readonly type: 'message'; readonly bytes: Buffer }
  | { readonly type: 'keep_alive' }
  | { readonly type: 'broken'; readonly bytes: Buffer }

const [NUL, LF, CR] = [0, 10, 13]
const EMPTY = Buffer.alloc(0)
/** Every Content-Length with its continuation lines, also by its compact name. */
const LENGTHS = /\n(?:content-length|l)[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)/gi

/**
 * Cuts a stream into messages by Content-Length, which RFC 3261 18.3 demands there; never more than one message is held.
 * A double CRLF between messages is a keep-alive, anything less is skipped (RFC 5626 3.5.1).
 */
export class StreamFramer {
  #held: Buffer = EMPTY
  #lineEnds = 0
  #broken = false

  /** Whether a message has begun that is not whole yet. */
  get midMessage(): boolean {
    return this.#held.length > 0
  }

  /** Takes what came and returns what is whole. After `broken` nothing is taken any more. */
  push(chunk: Buffer): Frame[] {
    if (this.#broken) return []
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const frames: Frame[] = []
    for (;;) {
      frames.push(...this.#skipBetween())
      const frame = this.#next()
      if (!frame) return frames
      frames.push(frame)
      if (frame.type === 'broken') return frames
    }
  }

  /** Between messages only line ends stand; two of them ask for an answer. */
  #skipBetween(): Frame[] {
    const pings: Frame[] = []
    let at = 0
    for (; at < this.#held.length; at++) {
      const byte = this.#held[at]
      if (byte === LF && ++this.#lineEnds === 2) {
        pings.push({ type: 'keep_alive' })
        this.#lineEnds = 0
      } else if (byte !== LF && byte !== CR && byte !== NUL) break
    }
    if (at < this.#held.length) this.#lineEnds = 0
    this.#held = this.#held.subarray(at)
    return pings
  }

  #next(): Frame | undefined {
    const held = this.#held
    const end = findHeadEnd(held)
    const headBytes = end.at + end.length
    if (headBytes > PARSER_LIMITS.headerBytes + end.length) return this.#break(held)
    if (end.length === 0) return undefined
    const length = contentLength(held.subarray(0, headBytes))
    if (length === undefined || length > PARSER_LIMITS.messageBytes - headBytes) {
      return this.#break(held.subarray(0, headBytes))
    }
    if (held.length < headBytes + length) return undefined
    this.#held = held.subarray(headBytes + length)
    return { type: 'message', bytes: held.subarray(0, headBytes + length) }
  }

  #break(bytes: Buffer): Frame {
    this.#broken = true
    this.#held = EMPTY
    return { type: 'broken', bytes }
  }
}

/** The length all Content-Lengths agree on; undefined where there is none or they do not. */
function contentLength(head: Buffer): number | undefined {
  const values = [...head.toString('latin1').matchAll(LENGTHS)].map(([, value = '']) => value.trim())
  const [first] = new Set(values)
  return first !== undefined && new Set(values).size === 1 && /^\d{1,9}$/.test(first) ? Number(first) : undefined
}
