/** Sample formats a recording may have (RIFF format tags). */
export type WavFormat = 'pcm16' | 'alaw' | 'mulaw'

/** What a recording turned out to be. */
export type WavInfo = {
  readonly format: WavFormat
  readonly channels: number
  readonly sampleRate: number
  readonly durationMs: number
  /** Where the samples begin, in bytes from the start of the file; 0 when there are none. */
  readonly dataStart: number
  /** How many bytes of samples are really there. */
  readonly dataBytes: number
}

/** Outcome of an inspection: the facts, or what is wrong in one sentence. */
export type WavVerdict =
  | { readonly ok: true; readonly info: WavInfo }
  | { readonly ok: false; readonly problem: string }

type Chunk = { readonly id: string; readonly size: number; remaining: number }
type SampleFormat = Omit<WavInfo, 'durationMs' | 'dataStart' | 'dataBytes'> & { readonly frameBytes: number }

const FORMATS: ReadonlyMap<number, { readonly format: WavFormat; readonly bits: number }> = new Map([
  [1, { format: 'pcm16', bits: 16 }],
  [6, { format: 'alaw', bits: 8 }],
  [7, { format: 'mulaw', bits: 8 }],
])
/** Format chunks are 16 to 40 bytes; anything longer is not one. */
const MAX_FORMAT_BYTES = 64

/**
 * Checks a RIFF/WAVE stream as it passes by, keeping only headers: the audio itself is never held. Accepts PCM 16 bit,
 * A-law and µ-law; the duration comes from the samples that are really there, not from what a header claims.
 */
export class WavInspector {
  #header = Buffer.alloc(0)
  #chunk: Chunk | undefined
  #formatBytes = Buffer.alloc(0)
  #format: SampleFormat | undefined
  #dataStart = 0
  #dataBytes = 0
  /** Bytes consumed so far. */
  #position = 0
  #dataSeen = false
  #padding = 0
  #started = false
  #problem: string | undefined

  /** Feeds the next bytes. False as soon as the stream cannot be a recording any more; later bytes are ignored. */
  push(bytes: Buffer): boolean {
    let rest = bytes
    while (rest.length > 0 && this.#problem === undefined) {
      const left = this.#consume(rest)
      this.#position += rest.length - left.length
      rest = left
    }
    return this.#problem === undefined
  }

  /** The verdict once the last byte was fed. */
  finish(): WavVerdict {
    if (this.#problem === undefined && !this.#started) this.#problem = 'the audio is not a RIFF/WAVE file'
    if (this.#problem === undefined && !this.#format) this.#problem = 'the WAVE file has no format chunk'
    if (this.#problem === undefined && !this.#dataSeen) this.#problem = 'the WAVE file has no data chunk'
    const format = this.#format
    if (this.#problem !== undefined || !format) return { ok: false, problem: this.#problem ?? 'not a WAVE file' }
    const { frameBytes, ...facts } = format
    const frames = Math.floor(this.#dataBytes / frameBytes)
    const durationMs = Math.round((frames * 1000) / format.sampleRate)
    return { ok: true, info: { ...facts, durationMs, dataStart: this.#dataStart, dataBytes: this.#dataBytes } }
  }

  #consume(bytes: Buffer): Buffer {
    if (this.#padding > 0) {
      this.#padding = 0
      return bytes.subarray(1)
    }
    const chunk = this.#chunk
    if (chunk) return this.#consumeChunk(chunk, bytes)
    const wanted = this.#started ? 8 : 12
    const part = bytes.subarray(0, wanted - this.#header.length)
    this.#header = Buffer.concat([this.#header, part])
    if (this.#header.length === wanted) this.#readHeader()
    return bytes.subarray(part.length)
  }

  #readHeader(): void {
    const header = this.#header
    this.#header = Buffer.alloc(0)
    if (!this.#started) {
      this.#started = true
      if (header.toString('latin1', 0, 4) !== 'RIFF' || header.toString('latin1', 8, 12) !== 'WAVE') {
        this.#problem = 'the audio is not a RIFF/WAVE file'
      }
      return
    }
    const id = header.toString('latin1', 0, 4)
    const size = header.readUInt32LE(4)
    if (id === 'data' && !this.#format) this.#problem = 'the WAVE file has data before its format'
    else if (id === 'data' && this.#dataSeen) this.#problem = 'the WAVE file has more than one data chunk'
    else if (id === 'fmt ' && (size < 16 || size > MAX_FORMAT_BYTES))
      this.#problem = 'the format chunk has a wrong size'
    else this.#openChunk({ id, size, remaining: size })
  }

  #openChunk(chunk: Chunk): void {
    if (chunk.id === 'data') this.#dataSeen = true
    if (chunk.size > 0) this.#chunk = chunk
  }

  #consumeChunk(chunk: Chunk, bytes: Buffer): Buffer {
    const part = bytes.subarray(0, chunk.remaining)
    chunk.remaining -= part.length
    if (chunk.id === 'data') {
      if (this.#dataBytes === 0) this.#dataStart = this.#position
      this.#dataBytes += part.length
    }
    if (chunk.id === 'fmt ') this.#formatBytes = Buffer.concat([this.#formatBytes, part])
    if (chunk.remaining === 0) this.#closeChunk(chunk)
    return bytes.subarray(part.length)
  }

  #closeChunk(chunk: Chunk): void {
    this.#chunk = undefined
    this.#padding = chunk.size % 2
    if (chunk.id === 'fmt ') this.#readFormat()
  }

  #readFormat(): void {
    const fmt = this.#formatBytes
    const known = FORMATS.get(fmt.readUInt16LE(0))
    const channels = fmt.readUInt16LE(2)
    const sampleRate = fmt.readUInt32LE(4)
    const bits = fmt.readUInt16LE(14)
    if (!known || known.bits !== bits) this.#problem = 'the samples are not PCM 16 bit, A-law or µ-law'
    else if (channels < 1 || channels > 2) this.#problem = 'the audio must have one or two channels'
    else if (sampleRate < 4_000 || sampleRate > 96_000) this.#problem = 'the sample rate is out of range'
    else this.#format = { format: known.format, channels, sampleRate, frameBytes: (channels * bits) / 8 }
  }
}
