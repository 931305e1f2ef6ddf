import type { MailboxId } from '@lamplighter/domain'
import { type Logger, TokenBuckets } from '@lamplighter/runtime'
import type { AuditEntry, SipDevice } from '@lamplighter/store'

/** Rows a device may cause: the first tells who tries, a thousand more tell nothing. */
const SIZE = { ratePerSec: 1 / 60, burst: 5 }

/** Writes down who asked for a mailbox that is not theirs (issue 5; users.md 2.1, 7). It keeps no answer waiting. */
export class RefusalAudit {
  readonly #write: (entry: AuditEntry) => Promise<void>
  readonly #log: Logger
  readonly #buckets = new TokenBuckets(SIZE)

  constructor(write: (entry: AuditEntry) => Promise<void>, log: Logger) {
    this.#write = write
    this.#log = log
  }

  /** Records the refusal, if this device has not caused too many rows. */
  record(device: SipDevice, mailboxId: MailboxId, number: string, remoteAddr: string): void {
    if (!this.#buckets.take(device.uuid, performance.now()).admitted) return
    const { tenantId, uuid, sipUsername } = device
    const actor = { userId: null, requestId: null, remoteAddr }
    const details = { device_uuid: uuid, sip_username: sipUsername, number }
    this.#write({ tenantId, actor, action: 'mailbox.watch_refused', mailboxId, details }).catch((err) =>
      this.#log.warn({ err }, 'a refused subscription is missing in the audit log'),
    )
  }
}
