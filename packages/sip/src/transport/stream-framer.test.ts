import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PARSER_LIMITS } from '../message/parser.js'
import { type Frame, StreamFramer } from './stream-framer.js'

const HEAD = 'OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n'
const message = (body = '', name = 'Content-Length') => `${HEAD}${name}: ${body.length}\r\n\r\n${body}`
const short = (frames: readonly Frame[]) =>
  frames.map((frame) => (frame.type === 'message' ? frame.bytes.toString() : frame.type))
const push = (...chunks: string[]) => {
  const framer = new StreamFramer()
  return chunks.flatMap((chunk) => short(framer.push(Buffer.from(chunk))))
}

describe('a stream of messages', () => {
  it('is cut by Content-Length, wherever the chunks end', () => {
    const messages = [message('body'), message(), message('x\r\n\r\ny', 'l'), message('z', 'CONTENT-LENGTH ')]
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const whole = messages.join('')
        const chunks: string[] = []
        for (let at = 0, turn = 0; at < whole.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          chunks.push(whole.slice(at, at + size))
          at += size
        }
        expect(push(...chunks)).toEqual(messages)
      }),
    )
  })

  it('answers a double CRLF between messages, however it is cut, and skips single ones and NULs', () => {
    expect(push('\r\n\r\n')).toEqual(['keep_alive'])
    expect(push('\r', '\n\r', '\n', message())).toEqual(['keep_alive', message()])
    expect(push('\r\n', message(), '\0\0\r\n', message())).toEqual([message(), message()])
    expect(push(`\r\n\r\n\r\n\r\n${message()}`)).toEqual(['keep_alive', 'keep_alive', message()])
  })

  it.each([
    ['no Content-Length', `${HEAD}\r\n`],
    ['a negative one', `${HEAD}Content-Length: -999\r\n\r\n`],
    ['two that differ', `${HEAD}Content-Length: 1\r\nl: 2\r\n\r\nab`],
    ['one that is folded into nonsense', `${HEAD}Content-Length: 1\r\n 2\r\n\r\nab`],
    ['one that is too large', `${HEAD}Content-Length: ${PARSER_LIMITS.messageBytes}\r\n\r\n`],
    ['one with ten digits', `${HEAD}Content-Length: 4294967296\r\n\r\n`],
  ])('breaks at %s, and reads nothing any more', (_what, bytes) => {
    expect(push(bytes, message())).toEqual(['broken'])
  })

  it('breaks at headers without end', () => {
    expect(push('x'.repeat(PARSER_LIMITS.headerBytes + 1))).toEqual(['broken'])
    expect(push('x'.repeat(PARSER_LIMITS.headerBytes - 1))).toEqual([])
  })

  it('knows whether a message has begun', () => {
    const framer = new StreamFramer()
    expect(framer.midMessage).toBe(false)
    framer.push(Buffer.from('\r\nOPT'))
    expect(framer.midMessage).toBe(true)
    framer.push(Buffer.from(message().slice(3)))
    expect(framer.midMessage).toBe(false)
    framer.push(Buffer.from('\r\n'))
    expect(framer.midMessage).toBe(false)
  })
})
