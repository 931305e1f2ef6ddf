import { describe, expect, it } from 'vitest'
import { type Fill, isFull, quotaWarnings } from './quota.js'

const of = (messages: number, maxMessages: number | null): Fill => ({ messages, maxMessages })

describe('a mailbox that fills up', () => {
  it.each([
    ['79 to 80 of 100', of(79, 100), of(80, 100), [80]],
    ['80 to 81: told already', of(80, 100), of(81, 100), []],
    ['94 to 95', of(94, 100), of(95, 100), [95]],
    ['10 to 97 at once: both', of(10, 100), of(97, 100), [80, 95]],
    ['down and over it again', of(79, 100), of(80, 100), [80]],
    ['down: nothing', of(96, 100), of(70, 100), []],
    ['3 to 4 of 5', of(3, 5), of(4, 5), [80]],
    ['4 to 5 of 5: 95 is the last one', of(4, 5), of(5, 5), [95]],
    ['the first of 1: both', of(0, 1), of(1, 1), [80, 95]],
    ['no limit', of(1000, null), of(1001, null), []],
    ['a limit comes where there was none', of(50, null), of(50, 60), [80]],
    ['the limit falls below what is there', of(50, 100), of(50, 5), [80, 95]],
    ['the limit goes', of(50, 50), of(50, null), []],
    ['a limit of nothing is reached from the beginning', of(0, 0), of(0, 0), []],
  ] as const)('warns: %s', (_title, before, after, warnings) => {
    expect(quotaWarnings(before, after)).toEqual(warnings)
  })

  it('is full at its limit, beyond it, and never without one', () => {
    expect([of(4, 5), of(5, 5), of(6, 5), of(0, 0), of(9, null)].map(isFull)).toEqual([false, true, true, true, false])
  })
})
