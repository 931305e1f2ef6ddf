import { SYSTEM_ACTOR } from '@lamplighter/domain'
import type { AudioStore, OverdueMessages, Store } from '@lamplighter/store'
import { deleting } from './message-actions.js'
import { changeInMailbox } from './message-changer.js'
import { deleteUnnamedAudio } from './unnamed-audio.js'

/** Messages looked at at once: locks are held for moments, and nothing grows with how much is due. */
const BATCH = 200

/**
 * Puts messages that are older than their tenant keeps them into the trash, as a deletion by nobody: counts, lamps and
 * events follow. Messages on hold stay.
 *
 * @returns how many were put there
 */
export async function trashOverdue(store: Store, now: Date): Promise<number> {
  let trashed = 0
  for (;;) {
    const overdue = await store.retention.overdue(now, BATCH)
    const found = overdue.reduce((sum, { messageIds }) => sum + messageIds.length, 0)
    let inThisBatch = 0
    for (const mailbox of overdue) inThisBatch += await trashIn(store, mailbox, now)
    trashed += inThisBatch
    // Where another process took all that was found, it goes on with the rest.
    if (found < BATCH || inThisBatch === 0) return trashed
  }
}

/**
 * Deletes what lay in the trash for as long as its tenant keeps it, with its audio. Messages on hold stay.
 *
 * @returns how many messages were deleted
 */
export async function purgeExpired(store: Store, audio: AudioStore, now: Date): Promise<number> {
  let purged = 0
  for (;;) {
    const audioKeys = await store.retention.purgeExpired(now, BATCH)
    await deleteUnnamedAudio(store, audio, audioKeys)
    purged += audioKeys.length
    if (audioKeys.length < BATCH) return purged
  }
}

async function trashIn(store: Store, { tenantId, mailboxId, messageIds }: OverdueMessages, now: Date): Promise<number> {
  const mailbox = { tenantId, id: mailboxId }
  const outcomes = await changeInMailbox(store, mailbox, SYSTEM_ACTOR, messageIds, deleting(now), () => true)
  return [...outcomes.values()].filter((outcome) => outcome === undefined).length
}
