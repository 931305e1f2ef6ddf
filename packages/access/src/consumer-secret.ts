import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A password for a consumer on AMQP: 43 characters, 256 random bits. */
export function newConsumerPassword(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of it. Random bits need no slow hash, and the broker asks often. */
export function hashConsumerPassword(password: string): string {
  return createHash('sha256').update(password).digest('hex')
}

/** Whether it is the password of this hash; time does not tell how much of it is right. */
export function isConsumerPassword(hash: string, password: string): boolean {
  const [known, given] = [Buffer.from(hash), Buffer.from(hashConsumerPassword(password))]
  return known.length === given.length && timingSafeEqual(known, given)
}
