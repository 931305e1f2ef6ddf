import { createHmac, timingSafeEqual } from 'node:crypto'
import { AuthenticationError, type MailboxId, type MessageId, type TenantId, type UserId } from '@lamplighter/domain'

/** What a link opens, and who made it. */
export type RecordingLink = {
  readonly tenantId: TenantId
  readonly mailboxId: MailboxId
  readonly messageId: MessageId
  readonly maker: UserId
  readonly expiresAt: Date
}

type Claims = [tenant: TenantId, mailbox: MailboxId, message: MessageId, maker: UserId, expiresAtMs: number]

/** A signature under this is for reading one recording, and cannot be mistaken for any other. */
const PURPOSE = 'GET recording'
/** Longer texts are not links of ours. */
const MAX_LINK_CHARS = 1024

/**
 * Signs and reads links to a recording: short-lived, for one object and one method, so that no token need stand in a URL
 * (users.md S11). Nothing is stored: what a link opens stands in it.
 */
export class RecordingLinks {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  /** The text of a link, of characters that a path takes as they are. */
  sign({ tenantId, mailboxId, messageId, maker, expiresAt }: RecordingLink): string {
    const claims: Claims = [tenantId, mailboxId, messageId, maker, expiresAt.getTime()]
    const text = Buffer.from(JSON.stringify(claims)).toString('base64url')
    return `${text}.${this.#signature(text)}`
  }

  /** @throws AuthenticationError `link-invalid` when it is not ours in every bit, `link-expired` */
  read(link: string, now: Date): RecordingLink {
    const [text = '', signature = '', ...more] = link.length <= MAX_LINK_CHARS ? link.split('.') : []
    if (more.length > 0 || !isEqual(signature, this.#signature(text))) {
      throw new AuthenticationError('link-invalid', 'the link is not valid')
    }
    const claims = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Claims
    const [tenantId, mailboxId, messageId, maker, expiresAtMs] = claims
    if (expiresAtMs <= now.getTime()) throw new AuthenticationError('link-expired', 'the link has expired')
    return { tenantId, mailboxId, messageId, maker, expiresAt: new Date(expiresAtMs) }
  }

  /** Over the text as it stands, so that no other spelling of the same bytes passes. */
  #signature(text: string): string {
    return createHmac('sha256', this.#key).update(`${PURPOSE}\n${text}`).digest('base64url')
  }
}

function isEqual(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}
