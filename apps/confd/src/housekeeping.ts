import type { Logger } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'

/** Mailboxes of one statement: each takes its messages along. */
const BATCH = 20

/**
 * Deletes for good the mailboxes whose time in the trash is over, a few at a time. Failures wait for the next round.
 *
 * @returns how many went
 */
export async function emptyTrash(store: Store, now: Date, log: Logger): Promise<number> {
  let purged = 0
  try {
    for (;;) {
      const ids = await store.purgeMailboxes(now, BATCH)
      purged += ids.length
      if (ids.length > 0) log.info({ mailboxes: ids }, 'mailboxes purged from the trash')
      if (ids.length < BATCH) return purged
    }
  } catch (err) {
    log.warn({ err }, 'the trash could not be emptied')
    return purged
  }
}
