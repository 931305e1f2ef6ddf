import { describe, expect, it } from 'vitest'
import { cseqNumberOf } from './fields.js'
import { Headers } from './headers.js'

describe('the number of a CSeq', () => {
  it.each([
    ['314159 SUBSCRIBE', 314159],
    ['2147483647 NOTIFY', 2147483647],
    ['2147483648 NOTIFY', 0],
    ['-1 NOTIFY', 0],
    ['12', 0],
    ['one NOTIFY', 0],
  ])('of "%s" is %i: what cannot be read is newer than nothing', (text, number) => {
    expect(cseqNumberOf(new Headers([{ name: 'CSeq', value: text }]))).toBe(number)
  })

  it('of a message without one is 0', () => {
    expect(cseqNumberOf(new Headers())).toBe(0)
  })
})
