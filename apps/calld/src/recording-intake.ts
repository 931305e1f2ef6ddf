import { createHash, type Hash } from 'node:crypto'
import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { LamplighterError, type WavInfo, WavInspector } from '@lamplighter/domain'
import type { AudioStore } from '@lamplighter/store'

/** What passed through: the facts of the audio and the hash of its bytes. */
export type Recording = WavInfo & { readonly bytes: number; readonly sha256: string }

/** A recording that is in the audio store. */
export type StoredRecording = Recording & { readonly audioKey: string }

/** What is said of bytes that are no recording. */
export type Refusal = (problem: string) => LamplighterError

/**
 * Looks at audio on its way to the store: counts it, hashes it, checks that it is a recording. A stream that is not one
 * is read to its end (within the limit) before it is refused, so that the client gets to read the answer.
 */
export class RecordingIntake extends Transform {
  readonly #maxBytes: number
  readonly #refusal: Refusal
  readonly #inspector = new WavInspector()
  readonly #hash: Hash = createHash('sha256')
  #bytes = 0
  #refused = false

  constructor(maxBytes: number, refusal: Refusal) {
    super()
    this.#maxBytes = maxBytes
    this.#refusal = refusal
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#maxBytes) {
      done(new LamplighterError('payload-too-large', 'the audio is too large', { max_bytes: this.#maxBytes }))
      return
    }
    this.#refused ||= !this.#inspector.push(chunk)
    if (this.#refused) {
      done()
      return
    }
    this.#hash.update(chunk)
    done(null, chunk)
  }

  override _flush(done: TransformCallback): void {
    const verdict = this.#inspector.finish()
    if (verdict.ok) done()
    else done(this.#refusal(verdict.problem))
  }

  /** One for what this one's audio was converted into: its length is ours, so it has no limit. */
  ofConverted(): RecordingIntake {
    return new RecordingIntake(Number.POSITIVE_INFINITY, this.#refusal)
  }

  /** The facts, once the whole stream has passed. */
  result(): Recording {
    const verdict = this.#inspector.finish()
    if (!verdict.ok) throw new Error('the recording was refused')
    return { ...verdict.info, bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}

/** Stores the audio while it is looked at; what is refused leaves nothing behind. */
export async function keepRecording(
  store: AudioStore,
  audio: Readable,
  intake: RecordingIntake,
): Promise<StoredRecording> {
  const stored = store.put(intake)
  // Both are waited for: an answer must not come before the store has tidied up after a refusal.
  const [read] = await Promise.allSettled([pipeline(audio, intake), stored])
  if (read.status === 'rejected') throw read.reason
  const audioKey = await stored
  return { ...intake.result(), audioKey }
}
