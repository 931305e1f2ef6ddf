import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WavInspector, type WavVerdict } from './wav.js'

type Shape = {
  tag?: number
  channels?: number
  rate?: number
  bits?: number
  dataBytes?: number
  claimed?: number
  before?: Buffer
}

function wav({
  tag = 1,
  channels = 1,
  rate = 8000,
  bits = 16,
  dataBytes = 16_000,
  claimed = dataBytes,
  before = Buffer.alloc(0),
}: Shape = {}): Buffer {
  const fmt = Buffer.alloc(24)
  fmt.write('fmt ', 0, 'latin1')
  fmt.writeUInt32LE(16, 4)
  fmt.writeUInt16LE(tag, 8)
  fmt.writeUInt16LE(channels, 10)
  fmt.writeUInt32LE(rate, 12)
  fmt.writeUInt16LE(bits, 22)
  const data = Buffer.alloc(8)
  data.write('data', 0, 'latin1')
  data.writeUInt32LE(claimed, 4)
  return Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), before, fmt, data, Buffer.alloc(dataBytes)])
}

function inspect(bytes: Buffer, chunkBytes = bytes.length || 1): WavVerdict {
  const inspector = new WavInspector()
  for (let at = 0; at < bytes.length; at += chunkBytes) inspector.push(bytes.subarray(at, at + chunkBytes))
  return inspector.finish()
}

describe('a recording', () => {
  it.each([
    ['PCM 16', {}, { format: 'pcm16', durationMs: 1000 }],
    ['A-law', { tag: 6, bits: 8, dataBytes: 4000 }, { format: 'alaw', durationMs: 500 }],
    ['µ-law', { tag: 7, bits: 8, dataBytes: 8001 }, { format: 'mulaw', durationMs: 1000 }],
    ['stereo at 16 kHz', { channels: 2, rate: 16_000, dataBytes: 64_000 }, { channels: 2, durationMs: 1000 }],
    ['a length the recorder never filled in', { claimed: 0xffffffff }, { durationMs: 1000 }],
    ['no sound', { dataBytes: 0 }, { durationMs: 0 }],
    ['an odd chunk before', { before: Buffer.from('LIST\x03\0\0\0abc\0', 'latin1') }, { durationMs: 1000 }],
  ])('is accepted: %s', (_name, shape, info) => {
    expect(inspect(wav(shape))).toMatchObject({ ok: true, info })
  })

  it('says where its samples are', () => {
    const before = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1')
    expect(inspect(wav({ before, dataBytes: 100 }), 7)).toMatchObject({ info: { dataStart: 56, dataBytes: 100 } })
  })

  it.each([
    ['two data chunks', Buffer.concat([wav({ dataBytes: 2 }), Buffer.from('data\x02\0\0\0ab', 'latin1')])],
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('this is not audio at all, is it?')],
    ['only a header', wav().subarray(0, 30)],
    ['24 bit', wav({ bits: 24 })],
    ['another codec', wav({ tag: 0x55 })],
    ['no channel', wav({ channels: 0 })],
    ['eight channels', wav({ channels: 8 })],
    ['a rate of nothing', wav({ rate: 0 })],
    ['data before the format', Buffer.concat([wav().subarray(0, 12), Buffer.from('data\0\0\0\0', 'latin1')])],
  ])('is refused: %s', (_name, bytes) => {
    expect(inspect(bytes)).toMatchObject({ ok: false })
  })

  it('is judged alike however its bytes are cut', () => {
    const bytes = wav({ dataBytes: 300, before: Buffer.from('JUNK\x05\0\0\0abcde\0', 'latin1') })
    const whole = inspect(bytes)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (size) => {
        expect(inspect(bytes, size)).toEqual(whole)
      }),
    )
  })

  it('never throws on noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(inspect(Buffer.concat([wav().subarray(0, 12), noise])).ok).toBeTypeOf('boolean')
      }),
    )
  })
})
