import type { Logger } from '@lamplighter/runtime'
import type { AudioStore, Store } from '@lamplighter/store'

/** Audio this young may belong to a deposit that is still under way. */
const SPARED_MS = 60 * 60 * 1000
const BATCH = 500

/** Deletes audio that no message names: left by a crash between object and row, or by a deleted message. */
export async function sweepAudio(store: Store, audio: AudioStore, now: Date): Promise<number> {
  let removed = 0
  let batch: string[] = []
  const flush = async () => {
    const named = await store.namedAudio(batch)
    const orphans = batch.filter((key) => !named.has(key))
    for (const key of orphans) await audio.delete(key)
    removed += orphans.length
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

/** One round of what calld tidies up: orphaned audio, forgotten idempotency keys. Failures wait for the next round. */
export async function tidy(store: Store, audio: AudioStore, log: Logger): Promise<void> {
  try {
    const removed = await sweepAudio(store, audio, new Date())
    if (removed > 0) log.info({ removed }, 'orphaned audio removed')
    await store.idempotency.purge()
  } catch (err) {
    log.warn({ err }, 'housekeeping failed')
  }
}
