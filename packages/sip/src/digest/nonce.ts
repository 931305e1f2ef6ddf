import { createHmac, timingSafeEqual } from 'node:crypto'
import { randomHex } from '../random-hex.js'

/** What a nonce of a peer turned out to be. `unknown`: not ours, or ours from before a change of keys. */
export type NonceState = 'fresh' | 'stale' | 'unknown'

const FRESH_MS = 300_000
/** A clock that ran ahead a little makes no nonce unknown. */
const SKEW_MS = 5000
/** Short, because a 401 may be no longer than the request it answers; 96 bits are more than anybody can guess. */
const [TIME_BYTES, CHANCE_BYTES, MAC_BYTES] = [6, 4, 12]
const HEAD_BYTES = TIME_BYTES + CHANCE_BYTES

/**
 * Nonces that carry their own proof: time, chance, and a MAC over both and the realm. Any process of the installation
 * verifies what another made, before and after a restart (sip.md 0.2).
 */
export class NonceFactory {
  readonly #key: Buffer
  readonly #now: () => number

  constructor(key: Buffer, now: () => number = Date.now) {
    this.#key = key
    this.#now = now
  }

  /** A new nonce. */
  create(realm: string): string {
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUIntBE(this.#now(), 0, TIME_BYTES)
    head.write(randomHex(CHANCE_BYTES), TIME_BYTES, 'hex')
    return Buffer.concat([head, this.#mac(head, realm)]).toString('base64url')
  }

  /** Whether a nonce is ours and still good. */
  judge(nonce: string, realm: string): NonceState {
    const bytes = Buffer.from(nonce, 'base64url')
    if (bytes.length !== HEAD_BYTES + MAC_BYTES) return 'unknown'
    const head = bytes.subarray(0, HEAD_BYTES)
    if (!timingSafeEqual(bytes.subarray(HEAD_BYTES), this.#mac(head, realm))) return 'unknown'
    const ageMs = this.#now() - head.readUIntBE(0, TIME_BYTES)
    return ageMs >= -SKEW_MS && ageMs <= FRESH_MS ? 'fresh' : 'stale'
  }

  /** A number from 0 to 15 that is always the same for one name and that nobody without the key foresees. */
  lot(realm: string, name: string): number {
    const digest = createHmac('sha256', this.#key).update(`lot\n${realm}\n${name}`).digest()
    return digest.readUInt8(0) & 15
  }

  #mac(head: Buffer, realm: string): Buffer {
    return createHmac('sha256', this.#key).update(head).update(realm).digest().subarray(0, MAC_BYTES)
  }
}
