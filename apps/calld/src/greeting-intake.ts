import { Readable } from 'node:stream'
import { isTelephoneAudio, TelephoneAudioConverter } from '@lamplighter/domain'
import type { AudioStore } from '@lamplighter/store'
import { keepRecording, type RecordingIntake, type StoredRecording } from './recording-intake.js'

/**
 * Stores a greeting as every telephone system plays it (rest.md 3.7): audio that is so already stays byte for byte, any
 * other is converted. What is refused leaves nothing behind.
 */
export async function keepGreeting(
  store: AudioStore,
  audio: Readable,
  intake: RecordingIntake,
): Promise<StoredRecording> {
  const uploaded = await keepRecording(store, audio, intake)
  if (isTelephoneAudio(uploaded)) return uploaded
  try {
    return await keepRecording(store, Readable.from(converted(store, uploaded)), intake.ofConverted())
  } finally {
    await store.delete(uploaded.audioKey)
  }
}

async function* converted(store: AudioStore, uploaded: StoredRecording): AsyncGenerator<Buffer> {
  const { audioKey, dataStart, dataBytes } = uploaded
  const converter = new TelephoneAudioConverter(uploaded)
  yield converter.header()
  if (dataBytes > 0) {
    const samples = store.read(audioKey, { start: dataStart, end: dataStart + dataBytes - 1 })
    for await (const bytes of samples) yield converter.push(bytes)
  }
  yield converter.finish()
}
