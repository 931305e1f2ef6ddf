import { hash, verify } from '@node-rs/argon2'
import { WorkLimit } from './work-limit.js'

/** argon2id, the library's own default algorithm. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hash of a value nobody has: verifying against it costs what a real one costs. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$BftdokSe1tt6HhP2Pl9ZPA$4Nme3E5Y62c9q23Vj+QHUiLsPG1O5O6D8RaNlLWSogw'

/**
 * Hashing is made to cost: 19 MiB and a core for tens of milliseconds. Three at once leave a thread of Node's pool of
 * four for files; a flood of guesses is refused instead of filling the memory.
 */
const hashing = new WorkLimit(3, 512)

/** Hashes a password or PIN with argon2id. @throws OverloadedError */
export function hashSecret(secret: string): Promise<string> {
  return hashing.run(() => hash(secret, OPTIONS))
}

/** Compares a secret with its hash. Without a hash it does the same work and says no: time tells nobody who exists. @throws OverloadedError */
export async function verifySecret(hashed: string | undefined, secret: string): Promise<boolean> {
  const right = await hashing.run(() => verify(hashed ?? NOBODY, secret))
  return right && hashed !== undefined
}
