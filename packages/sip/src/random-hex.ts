import { randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafeSlow(8192)
let used = pool.length

/**
 * Unguessable bytes as hex digits. They are drawn from a pool: asking the system for a few bytes costs more than all else
 * that an answer takes.
 *
 * @param bytes how many, at most a few dozen
 */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}
