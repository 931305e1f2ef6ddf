import type { Logger } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'

/** One round of what confd tidies up: mailboxes whose time in the trash is over. Failures wait for the next round. */
export async function emptyTrash(store: Store, log: Logger): Promise<void> {
  try {
    const mailboxes = await store.purgeMailboxes(new Date())
    if (mailboxes.length > 0) log.info({ mailboxes }, 'mailboxes purged from the trash')
  } catch (err) {
    log.warn({ err }, 'the trash could not be emptied')
  }
}

/** Forgets wrong PINs that count no more. A failure waits for the next round. */
export async function forgetTries(store: Store, log: Logger): Promise<void> {
  await store.purgePinCounters().catch((err) => log.warn({ err }, 'old wrong PINs could not be forgotten'))
}
