import type { WavFormat, WavInfo } from './wav.js'

/** Samples per second of telephone audio. */
const RATE = 8_000
/** Zero crossings of the low-pass on each side: the more, the steeper. */
const CROSSINGS = 16
/** Part of the band that is kept: the rest is the slope of the low-pass. */
const PASS_BAND = 0.94
/** Positions between two source samples that are told apart, when the rates have no small ratio. */
const MAX_PHASES = 512
const HEADER_BYTES = 44

const DECODERS: Readonly<Record<WavFormat, (bytes: Buffer, at: number) => number>> = {
  pcm16: (bytes, at) => bytes.readInt16LE(at),
  alaw: (bytes, at) => fromAlaw(bytes[at] ?? 0),
  mulaw: (bytes, at) => fromMulaw(bytes[at] ?? 0),
}

/** Whether a recording is what any telephone system plays: PCM 16 bit, one channel, 8 kHz. */
export function isTelephoneAudio({ format, channels, sampleRate }: WavInfo): boolean {
  return format === 'pcm16' && channels === 1 && sampleRate === RATE
}

/**
 * Turns any recording {@link WavInfo} can describe into telephone audio while it passes by: decodes G.711, mixes the
 * channels, and resamples with a windowed sinc, so that what lies above 4 kHz does not fold down. Holds a few hundred
 * samples. Feed it the data chunk's bytes (`dataStart`, `dataBytes`) and nothing else.
 */
export class TelephoneAudioConverter {
  readonly #decode: (bytes: Buffer, at: number) => number
  readonly #channels: number
  readonly #frameBytes: number
  readonly #frames: number
  readonly #resampler: Resampler
  #carried = Buffer.alloc(0)

  constructor({ format, channels, sampleRate, dataBytes }: WavInfo) {
    this.#decode = DECODERS[format]
    this.#channels = channels
    this.#frameBytes = channels * (format === 'pcm16' ? 2 : 1)
    this.#frames = Math.floor((Math.floor(dataBytes / this.#frameBytes) * RATE) / sampleRate)
    this.#resampler = new Resampler(sampleRate, this.#frames)
  }

  /** What comes before the samples: the lengths in it are exact. */
  header(): Buffer {
    const header = Buffer.alloc(HEADER_BYTES)
    const bytes = this.#frames * 2
    header.write('RIFF', 0, 'latin1')
    header.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4)
    header.write('WAVEfmt ', 8, 'latin1')
    header.writeUInt32LE(16, 16)
    header.writeUInt16LE(1, 20)
    header.writeUInt16LE(1, 22)
    header.writeUInt32LE(RATE, 24)
    header.writeUInt32LE(RATE * 2, 28)
    header.writeUInt16LE(2, 32)
    header.writeUInt16LE(16, 34)
    header.write('data', 36, 'latin1')
    header.writeUInt32LE(bytes, 40)
    return header
  }

  /** The samples that the next bytes complete. */
  push(bytes: Buffer): Buffer {
    const all = this.#carried.length > 0 ? Buffer.concat([this.#carried, bytes]) : bytes
    const frames = Math.floor(all.length / this.#frameBytes)
    const samples = new Float32Array(frames)
    for (let frame = 0; frame < frames; frame++) samples[frame] = this.#mix(all, frame * this.#frameBytes)
    this.#carried = Buffer.from(all.subarray(frames * this.#frameBytes))
    return this.#resampler.push(samples)
  }

  /** The samples that were waiting for what comes after them. */
  finish(): Buffer {
    return this.#resampler.finish()
  }

  #mix(bytes: Buffer, at: number): number {
    const width = this.#frameBytes / this.#channels
    let sum = 0
    for (let channel = 0; channel < this.#channels; channel++) sum += this.#decode(bytes, at + channel * width)
    return sum / this.#channels
  }
}

/** Reads a stream of samples at one rate, gives `frames` samples of 16 bit at {@link RATE}. */
class Resampler {
  /** Output `n` lies at source sample `n * step / phases`. */
  readonly #step: number
  readonly #phases: number
  readonly #reach: number
  readonly #kernels: readonly Float32Array[]
  readonly #frames: number
  /** Source samples from index `#first` on; before the first one there is silence. */
  #waiting: Float32Array
  #first: number
  #next = 0

  constructor(sampleRate: number, frames: number) {
    const divisor = greatestCommonDivisor(sampleRate, RATE)
    this.#step = sampleRate / divisor
    this.#phases = RATE / divisor
    const halfWidth = sampleRate === RATE ? 0.5 : CROSSINGS * Math.max(1, sampleRate / RATE)
    this.#reach = Math.ceil(halfWidth)
    const cutoff = sampleRate === RATE ? 1 : PASS_BAND * Math.min(1, RATE / sampleRate)
    const count = Math.min(this.#phases, MAX_PHASES)
    this.#kernels = Array.from({ length: count + 1 }, (_, index) => kernel(index / count, halfWidth, cutoff))
    this.#frames = frames
    this.#waiting = new Float32Array(this.#reach)
    this.#first = -this.#reach
  }

  push(samples: Float32Array): Buffer {
    const joined = new Float32Array(this.#waiting.length + samples.length)
    joined.set(this.#waiting)
    joined.set(samples, this.#waiting.length)
    this.#waiting = joined
    return this.#drain()
  }

  finish(): Buffer {
    return this.push(new Float32Array(this.#reach + 2))
  }

  #drain(): Buffer {
    const end = this.#first + this.#waiting.length
    const out: number[] = []
    while (this.#next < this.#frames && this.#place() + this.#reach + 1 < end) {
      out.push(this.#sample())
      this.#next++
    }
    const drop = Math.max(0, this.#place() - this.#reach - this.#first)
    this.#waiting = this.#waiting.slice(drop)
    this.#first += Math.min(drop, end - this.#first)
    const bytes = Buffer.alloc(out.length * 2)
    out.forEach((value, index) => {
      bytes.writeInt16LE(value, index * 2)
    })
    return bytes
  }

  /** Source sample at or before the next output. */
  #place(): number {
    return Math.floor((this.#next * this.#step) / this.#phases)
  }

  #sample(): number {
    const phase = ((this.#next * this.#step) % this.#phases) / this.#phases
    const weights = this.#kernels[Math.round(phase * (this.#kernels.length - 1))] ?? new Float32Array()
    const from = this.#place() - this.#reach - this.#first
    let sum = 0
    for (let index = 0; index < weights.length; index++) {
      sum += (weights[index] ?? 0) * (this.#waiting[from + index] ?? 0)
    }
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)))
  }
}

/** Weights of the source samples around a point `phase` behind one of them, in order; they add up to one. */
function kernel(phase: number, halfWidth: number, cutoff: number): Float32Array {
  const reach = Math.ceil(halfWidth)
  const weights = Float32Array.from({ length: 2 * reach + 2 }, (_, index) => {
    const distance = index - reach - phase
    if (Math.abs(distance) >= halfWidth) return 0
    const angle = Math.PI * cutoff * distance
    return (angle === 0 ? 1 : Math.sin(angle) / angle) * Math.cos((Math.PI * distance) / (2 * halfWidth)) ** 2
  })
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other)
}

/** ITU-T G.711 µ-law: sign, exponent, mantissa, all inverted, over a bias of 132. */
function fromMulaw(byte: number): number {
  const bits = ~byte & 0xff
  const magnitude = (((bits & 0x0f) << 3) + 132) << ((bits >> 4) & 7)
  return bits & 0x80 ? 132 - magnitude : magnitude - 132
}

/** ITU-T G.711 A-law: every other bit inverted; the lowest two segments have the same step. */
function fromAlaw(byte: number): number {
  const bits = byte ^ 0x55
  const exponent = (bits >> 4) & 7
  const low = ((bits & 0x0f) << 4) + 8
  const magnitude = exponent === 0 ? low : (low + 256) << (exponent - 1)
  return bits & 0x80 ? magnitude : -magnitude
}
