import { hash } from 'node:crypto'
import type { IncomingRequest } from '@lamplighter/sip'

/** As long as a client transaction may live: 64·T1. */
const KEPT_MS = 32_000
const SWEEP_MS = 4000
const MAX_KEPT = 50_000

type Answer = Parameters<IncomingRequest['respond']>
type Kept = { readonly atMs: number; readonly answer: Promise<Answer | undefined> }

/**
 * One request may come by two ways, forked by a proxy or sent again by another path (RFC 3261 8.2.2.2; RFC 3842 3.10).
 * The first copy is served, the others get its answer: one SUBSCRIBE makes one dialog. Copies have the same Call-ID, From,
 * CSeq and credentials; a request without credentials is never served, so it needs no such care.
 */
export class RecentAnswers {
  /** By a hash: what makes up a request's identity weighs ten times as much. */
  readonly #kept = new Map<string, Kept>()
  #sweeping: NodeJS.Timeout | undefined

  /** The request to serve, or undefined when it is a copy: then it is answered as the first one is. */
  admit(incoming: IncomingRequest, nowMs: number): IncomingRequest | undefined {
    const { headers, method } = incoming.request
    const credentials = headers.get('authorization')
    if (credentials === undefined) return incoming
    const identity = [method, headers.get('call-id'), headers.get('from'), headers.get('cseq'), credentials]
    const key = hash('sha256', identity.join('\n'), 'base64url')
    const first = this.#kept.get(key)
    if (!first) return this.#keep(key, incoming, nowMs)
    void first.answer.then((answer) => (answer ? incoming.respond(...answer) : incoming.ignore()))
    return undefined
  }

  #keep(key: string, incoming: IncomingRequest, nowMs: number): IncomingRequest {
    let settle: (answer: Answer | undefined) => void = () => {}
    const answer = new Promise<Answer | undefined>((resolve) => {
      settle = resolve
    })
    this.#forgetOld(nowMs)
    this.#kept.set(key, { atMs: nowMs, answer })
    this.#sweepLater(nowMs)
    return {
      ...incoming,
      respond: (...said) => {
        settle(said)
        incoming.respond(...said)
      },
      ignore: () => {
        this.#kept.delete(key)
        settle(undefined)
        incoming.ignore()
      },
    }
  }

  /** Also when no request comes after: an idle subscription must not be outweighed by the answer that made it. */
  #sweepLater(nowMs: number): void {
    const sweep = () => {
      this.#sweeping = undefined
      this.#forgetOld(nowMs + SWEEP_MS)
      if (this.#kept.size > 0) this.#sweepLater(nowMs + SWEEP_MS)
    }
    this.#sweeping ??= setTimeout(sweep, SWEEP_MS).unref()
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { atMs }] of this.#kept) {
      if (this.#kept.size < MAX_KEPT && atMs > nowMs - KEPT_MS) break
      this.#kept.delete(key)
    }
  }
}
