import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'

/** Audio to be put into an archive. */
export type SpooledAudio = { readonly id: string; readonly key: string; readonly bytes: number }

/**
 * The list of an export on disk: a tar entry begins with its size, and the list may be larger than memory. Written once,
 * read once, removed.
 */
export class ArchiveSpool {
  readonly #directory: string
  readonly #lines: Writable
  readonly #audio: Writable
  readonly #hash = createHash('sha256')
  #bytes = 0
  #count = 0

  private constructor(directory: string) {
    this.#directory = directory
    this.#lines = createWriteStream(path.join(directory, 'messages.jsonl'), { mode: 0o600 })
    this.#audio = createWriteStream(path.join(directory, 'audio.jsonl'), { mode: 0o600 })
  }

  static async create(): Promise<ArchiveSpool> {
    return new ArchiveSpool(await mkdtemp(path.join(os.tmpdir(), 'lamplighter-export-')))
  }

  /** Adds a message: its line of the list, and where its audio lies. */
  async add(line: object, audio: SpooledAudio): Promise<void> {
    const text = Buffer.from(`${JSON.stringify(line)}\n`)
    this.#hash.update(text)
    this.#bytes += text.length
    this.#count++
    await write(this.#lines, text)
    await write(this.#audio, `${JSON.stringify(audio)}\n`)
  }

  /** Ends the list and tells its facts. */
  async close(): Promise<{ readonly messages: number; readonly bytes: number; readonly sha256: string }> {
    for (const stream of [this.#lines, this.#audio]) {
      stream.end()
      await finished(stream)
    }
    return { messages: this.#count, bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  /** The list as it goes into the archive. */
  lines(): Readable {
    return createReadStream(path.join(this.#directory, 'messages.jsonl'))
  }

  /** The audio in the order of the list. */
  async *audio(): AsyncGenerator<SpooledAudio> {
    const input = createReadStream(path.join(this.#directory, 'audio.jsonl'))
    for await (const line of createInterface({ input })) yield JSON.parse(line) as SpooledAudio
  }

  /** Removes everything, whatever state it is in. */
  async remove(): Promise<void> {
    this.#lines.destroy()
    this.#audio.destroy()
    await rm(this.#directory, { recursive: true, force: true })
  }
}

function write(stream: Writable, chunk: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => stream.write(chunk, (error) => (error ? reject(error) : resolve())))
}
