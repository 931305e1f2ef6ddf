import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTelephoneAudio, TelephoneAudioConverter } from './telephone-audio.js'
import { type WavFormat, type WavInfo, WavInspector } from './wav.js'

const LOUD = 10_000

function info(sampleRate: number, dataBytes: number, channels = 1, format: WavFormat = 'pcm16'): WavInfo {
  return { format, channels, sampleRate, durationMs: 0, dataStart: 44, dataBytes }
}

/** One second of a tone, PCM 16 bit; channels beyond the first hold `others` times the first. */
function tone(hertz: number, rate: number, channels = 1, others = 1): Buffer {
  const bytes = Buffer.alloc(rate * channels * 2)
  for (let frame = 0; frame < rate; frame++) {
    const value = LOUD * Math.sin((2 * Math.PI * hertz * frame) / rate)
    for (let channel = 0; channel < channels; channel++)
      bytes.writeInt16LE(Math.round(channel === 0 ? value : value * others), (frame * channels + channel) * 2)
  }
  return bytes
}

function convert(facts: WavInfo, data: Buffer, cuts: readonly number[] = []): Buffer {
  const converter = new TelephoneAudioConverter(facts)
  const edges = [0, ...cuts.map((cut) => cut % (data.length + 1)).toSorted((one, other) => one - other), data.length]
  const parts = edges.slice(1).map((edge, index) => converter.push(data.subarray(edges[index], edge)))
  return Buffer.concat([converter.header(), ...parts, converter.finish()])
}

function samplesOf(file: Buffer): number[] {
  return Array.from({ length: (file.length - 44) / 2 }, (_, index) => file.readInt16LE(44 + index * 2))
}

/** The furthest any sample but those of the first and last 50 ms is from the tone. */
function worstError(samples: readonly number[], hertz: number, amplitude: number): number {
  const errors = samples.map((value, at) => Math.abs(value - amplitude * Math.sin((2 * Math.PI * hertz * at) / 8000)))
  return Math.max(...errors.slice(400, -400))
}

describe('telephone audio', () => {
  it.each([4_000, 8_000, 11_025, 16_000, 22_050, 44_100, 44_101, 48_000, 96_000])(
    'keeps a tone of a second at %i Hz in pitch, loudness and place',
    (rate) => {
      const data = tone(1_000, rate)
      const samples = samplesOf(convert(info(rate, data.length), data))
      expect(samples).toHaveLength(8_000)
      expect(worstError(samples, 1_000, LOUD)).toBeLessThan(LOUD * 0.01)
    },
  )

  it('does not fold down what telephones cannot carry', () => {
    const data = tone(6_000, 48_000)
    expect(worstError(samplesOf(convert(info(48_000, data.length), data)), 0, 0)).toBeLessThan(LOUD * 0.01)
  })

  it('mixes the channels', () => {
    const same = tone(500, 8_000, 2, 1)
    expect(worstError(samplesOf(convert(info(8_000, same.length, 2), same)), 500, LOUD)).toBeLessThan(2)
    const opposite = tone(500, 8_000, 2, -1)
    expect(worstError(samplesOf(convert(info(8_000, opposite.length, 2), opposite)), 0, 0)).toBeLessThan(2)
  })

  it.each([
    ['mulaw', [0xff, 0x7f, 0x80, 0x00, 0xf0], [0, 0, 32_124, -32_124, 120]],
    ['alaw', [0xd5, 0x55, 0xaa, 0x2a, 0xc5], [8, -8, 32_256, -32_256, 264]],
  ] as const)('decodes %s as G.711 says', (format, bytes, expected) => {
    const samples = samplesOf(convert(info(8_000, bytes.length, 1, format), Buffer.from(bytes)))
    expect(samples.map((value) => value + 0)).toEqual(expected)
  })

  it('is a recording with true lengths, however the bytes come and whatever is cut off at the end', () => {
    const shapes = fc.record({
      rate: fc.integer({ min: 4_000, max: 96_000 }),
      channels: fc.integer({ min: 1, max: 2 }),
      format: fc.constantFrom<WavFormat>('pcm16', 'alaw', 'mulaw'),
      data: fc.uint8Array({ maxLength: 3_000 }),
      cuts: fc.array(fc.nat(), { maxLength: 6 }),
    })
    fc.assert(
      fc.property(shapes, ({ rate, channels, format, data, cuts }) => {
        const facts = info(rate, data.length, channels, format)
        const file = convert(facts, Buffer.from(data), cuts)
        expect(file.equals(convert(facts, Buffer.from(data)))).toBe(true)
        const inspector = new WavInspector()
        inspector.push(file)
        const verdict = inspector.finish()
        if (!verdict.ok) throw new Error(verdict.problem)
        expect(isTelephoneAudio(verdict.info)).toBe(true)
        expect(file.readUInt32LE(40)).toBe(file.length - 44)
        expect(verdict.info).toMatchObject({ dataBytes: file.length - 44 })
      }),
      { numRuns: 100 },
    )
  })
})
