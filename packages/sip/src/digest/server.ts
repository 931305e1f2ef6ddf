import { timingSafeEqual } from 'node:crypto'
import type { SipRequest } from '../message/message.js'
import { type DigestParams, parseDigest, quote } from './credentials.js'
import { computeResponse, type DigestAlgorithm } from './hash.js'
import type { NonceFactory } from './nonce.js'

/** What is known of an account: HA1 for the algorithm it is challenged with. */
export type DigestAccount = { readonly ha1: string; readonly algorithm: DigestAlgorithm }

/** How many accounts of a realm are challenged with SHA-256, of all. */
export type AlgorithmShare = { readonly strong: number; readonly all: number }

/** Credentials as a request names them, before they are verified. */
export type ClaimedCredentials = { readonly username: string; readonly params: DigestParams }

/** Whether credentials hold. `stale` asks for the same again with a new nonce: the password may well be right. */
export type DigestVerdict = 'right' | 'wrong' | 'stale'

/** Nonces whose last counter is remembered; older ones are asked for again. */
const MAX_COUNTERS = 50_000

/** The server side of digest authentication: one challenge, verified against a stored HA1 (sip.md 1.4). */
export class DigestAuthenticator {
  readonly #nonces: NonceFactory
  readonly #realm: string
  readonly #counters = new Map<string, number>()

  constructor(nonces: NonceFactory, realm: string) {
    this.#nonces = nonces
    this.#realm = realm
  }

  /** The realm of who says no other. */
  get realm(): string {
    return this.#realm
  }

  /** The one challenge of a 401. */
  challenge(algorithm: DigestAlgorithm, stale: boolean, realm = this.#realm): string {
    const nonce = this.#nonces.create(realm)
    const parts = [`realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `algorithm=${algorithm}`, 'qop="auth"']
    return `Digest ${[...parts, ...(stale ? ['stale=true'] : [])].join(', ')}`
  }

  /**
   * The algorithm a name is challenged with that nobody has: one that its realm's accounts have, each in its share, and for
   * one name always the same. So a challenge does not tell whether there is such an account (decision 0054).
   */
  decoy(username: string, { strong, all }: AlgorithmShare, realm = this.#realm): DigestAlgorithm {
    if (strong === 0) return 'MD5'
    if (strong === all) return 'SHA-256'
    // However few have one of them, there are decoys for it.
    const sixteenths = Math.min(15, Math.max(1, Math.round((strong / all) * 16)))
    return this.#nonces.lot(realm, username) < sixteenths ? 'SHA-256' : 'MD5'
  }

  /** The credentials for the realm, if the request has any. */
  claimed(request: SipRequest, realm = this.#realm): ClaimedCredentials | undefined {
    for (const header of request.headers.all('authorization')) {
      const params = parseDigest(header)
      const username = params?.get('username')
      if (params?.get('realm') === realm && username) return { username, params }
    }
    return undefined
  }

  /** Verifies credentials. Without an account the same work is done and the answer is no. */
  verify(
    request: SipRequest,
    { params }: ClaimedCredentials,
    account: DigestAccount | undefined,
    realm = this.#realm,
  ): DigestVerdict {
    const nonce = params.get('nonce') ?? ''
    const state = this.#nonces.judge(nonce, realm)
    // A nonce from before a change of keys: without `stale` phones take it for a wrong password and give up.
    if (state !== 'fresh') return 'stale'
    const algorithm = account?.algorithm ?? 'MD5'
    const nc = params.get('nc') ?? ''
    const cnonce = params.get('cnonce') ?? ''
    const wanted = params.get('algorithm')?.toUpperCase() ?? algorithm
    if (params.get('qop')?.toLowerCase() !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc) || wanted !== algorithm)
      return 'wrong'
    const ha1 = account?.ha1 ?? '0'.repeat(64)
    const parts = { ha1, method: request.method, uri: params.get('uri') ?? '', nonce, qop: { nc, cnonce } }
    if (!same(computeResponse(algorithm, parts), params.get('response') ?? '') || !account) return 'wrong'
    return this.#count(nonce, Number.parseInt(nc, 16)) ? 'right' : 'stale'
  }

  /** A counter must rise for each use of a nonce; one seen before is a replay, or a phone that starts over. */
  #count(nonce: string, counter: number): boolean {
    // A text of its own: the one that was read would keep the whole header it stands in.
    const key = Buffer.from(nonce, 'base64url').toString('latin1')
    if (counter <= (this.#counters.get(key) ?? 0)) return false
    this.#counters.delete(key)
    this.#counters.set(key, counter)
    if (this.#counters.size > MAX_COUNTERS) {
      const oldest = this.#counters.keys().next()
      if (!oldest.done) this.#counters.delete(oldest.value)
    }
    return true
  }
}

function same(computed: string, claimed: string): boolean {
  const [a, b] = [Buffer.from(computed), Buffer.from(claimed.toLowerCase())]
  return a.length === b.length && timingSafeEqual(a, b)
}
