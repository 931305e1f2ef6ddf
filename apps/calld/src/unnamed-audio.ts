import type { AudioStore, Store } from '@lamplighter/store'

/** Deletes those of these audio objects that neither a message nor a greeting names; how many they were. */
export async function deleteUnnamedAudio(
  store: Pick<Store, 'namedAudio'>,
  audio: AudioStore,
  keys: readonly string[],
): Promise<number> {
  if (keys.length === 0) return 0
  const named = await store.namedAudio(keys)
  const unnamed = new Set(keys.filter((key) => !named.has(key)))
  for (const key of unnamed) await audio.delete(key)
  return unnamed.size
}
