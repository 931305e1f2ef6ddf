import { createHash, type Hash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { LamplighterError, type WavInfo, WavInspector } from '@lamplighter/domain'

/** What passed through: the facts of the audio and the hash of its bytes. */
export type Recording = WavInfo & { readonly bytes: number; readonly sha256: string }

/**
 * Looks at audio on its way to the store: counts it, hashes it, checks that it is a recording. A stream that is not one
 * is read to its end (within the limit) before it is refused, so that the client gets to read the answer.
 */
export class RecordingIntake extends Transform {
  readonly #maxBytes: number
  readonly #inspector = new WavInspector()
  readonly #hash: Hash = createHash('sha256')
  #bytes = 0
  #refused = false

  constructor(maxBytes: number) {
    super()
    this.#maxBytes = maxBytes
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
    else done(new LamplighterError('invalid-voicemail-recording', verdict.problem, { problem: verdict.problem }))
  }

  /** The facts, once the whole stream has passed. */
  result(): Recording {
    const verdict = this.#inspector.finish()
    if (!verdict.ok) throw new Error('the recording was refused')
    return { ...verdict.info, bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}
