import { claimExpiredDrafts, countDrafts } from '@lamplighter/contracts'
import type { MailboxId, TenantId } from '@lamplighter/domain'
import { type Logger, Rounds } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'

/** How long a claim may outlive its lease. */
const INTERVAL_MS = 1000
/** Mailboxes of one round, and claims of one transaction; the rest waits for the next round. */
const MAX_MAILBOXES = 200
const MAX_CLAIMS = 200

/**
 * Gives messages back whose claims ran out. Every process does it; a mailbox that is being changed right now is passed
 * over, so that nobody waits for anybody.
 */
export class ClaimExpiry {
  readonly #store: Store
  readonly #log: Logger
  readonly #rounds = new Rounds(() => this.#run(), INTERVAL_MS)

  constructor(store: Store, log: Logger) {
    this.#store = store
    this.#log = log
  }

  start(): void {
    this.#rounds.start()
  }

  /** Ends with the round that is under way. */
  stop(): Promise<void> {
    return this.#rounds.stop()
  }

  async #run(): Promise<void> {
    try {
      for (const { tenantId, mailboxId } of await this.#store.claims.expired(MAX_MAILBOXES)) {
        await this.#lapse(tenantId, mailboxId)
      }
    } catch (err) {
      this.#log.warn({ err }, 'claims that ran out are still held')
    }
  }

  async #lapse(tenantId: TenantId, mailboxId: MailboxId): Promise<void> {
    await this.#store.changeMessages({ tenantId, subtree: false }, async (change) => {
      const audience = await change.summaries.tryLock(mailboxId)
      if (!audience) return
      const { lapsed, audience: after } = await change.team(audience).lapse(MAX_CLAIMS)
      if (lapsed.length === 0) return
      change.outbox.add([
        ...lapsed.flatMap(({ messageId, userId }) => claimExpiredDrafts(messageId, userId, after)),
        ...countDrafts(after),
      ])
    })
  }
}
