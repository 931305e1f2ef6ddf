import { createHash, randomBytes } from 'node:crypto'

/** A new one-time ticket: 43 characters, 256 random bits. */
export function createTicket(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a ticket. It is random, so a fast hash is enough. */
export function hashTicket(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex')
}
