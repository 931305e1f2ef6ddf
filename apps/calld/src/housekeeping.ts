import type { Logger } from '@lamplighter/runtime'
import type { AudioStore, Store } from '@lamplighter/store'
import { purgeExpired, trashOverdue } from './retention.js'
import { deleteUnnamedAudio } from './unnamed-audio.js'

/** Audio this young may belong to a deposit that is still under way. */
const SPARED_MS = 60 * 60 * 1000
const BATCH = 500

/** Deletes audio that nothing names: left by a crash between object and row, or after a deletion. */
export async function sweepAudio(store: Store, audio: AudioStore, now: Date): Promise<number> {
  let removed = 0
  let batch: string[] = []
  const flush = async () => {
    removed += await deleteUnnamedAudio(store, audio, batch)
    batch = []
  }
  for await (const { key, writtenAt } of audio.list()) {
    if (now.getTime() - writtenAt.getTime() < SPARED_MS) continue
    batch.push(key)
    if (batch.length === BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  return removed
}

/** One round of what calld tidies up. Each task is tried whatever became of the others; what failed waits for the next. */
export async function tidy(store: Store, audio: AudioStore, log: Logger, now: Date): Promise<void> {
  const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
    'old messages put into the trash': () => trashOverdue(store, now),
    'expired messages deleted': () => purgeExpired(store, audio, now),
    'orphaned audio removed': () => sweepAudio(store, audio, now),
    'idempotency keys forgotten': () => store.idempotency.purge(),
  }
  for (const [done, task] of Object.entries(tasks)) {
    try {
      const count = await task()
      if (count) log.info({ count }, done)
    } catch (err) {
      log.warn({ err, task: done }, 'housekeeping failed')
    }
  }
}
