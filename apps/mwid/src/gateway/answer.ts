/** What became of one request to a target. */
export type Answer =
  /** `status` as SIP or HTTP gave it. */
  | {
      readonly type: 'answered'
      readonly status: number
      readonly retryAfterSec?: number | undefined
      /** Of a PUBLISH: what it is refreshed with, and how long it lives (RFC 3903). */
      readonly publication?: Publication | undefined
    }
  /** No answer in the time of a transaction. */
  | { readonly type: 'silent' }
  /** The way there is broken: refused, reset, no such name. */
  | { readonly type: 'broken' }

/** A state a presence server keeps of us. */
export type Publication = { readonly etag: string; readonly expiresInSec: number }

/**
 * What an answer means for a lamp (sip.md 1.2, 1.6). `absent`: the extension is not there now, no fault of the gateway;
 * `busy`: come later; `failed`: this target cannot do it, another may, or later; `refused`: this target never will as
 * things are configured; `silent`: nothing came back.
 */
export type Verdict = {
  readonly kind: 'delivered' | 'absent' | 'busy' | 'failed' | 'refused' | 'silent'
  /** 408 when nothing came back. */
  readonly status: number
  readonly retryAfterSec: number | undefined
}

/** Waiting changes nothing about these: the request itself is not wanted, or not from us. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 405, 406, 407, 415, 416, 420, 481, 489, 501, 505, 513])
const BUSY: ReadonlySet<number> = new Set([429, 500, 503, 504])

/** Reads an answer. */
export function readAnswer(answer: Answer): Verdict {
  if (answer.type !== 'answered') return { kind: 'silent', status: 408, retryAfterSec: undefined }
  const { status, retryAfterSec } = answer
  return { kind: kindOf(status), status, retryAfterSec }
}

function kindOf(status: number): Verdict['kind'] {
  if (status < 300) return 'delivered'
  if (status === 480) return 'absent'
  if (status === 408) return 'silent'
  if (BUSY.has(status)) return 'busy'
  return REFUSALS.has(status) ? 'refused' : 'failed'
}
