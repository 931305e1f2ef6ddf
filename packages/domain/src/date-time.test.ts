import { describe, expect, it } from 'vitest'
import { parseAwareDateTime } from './date-time.js'

describe('a date-time of a query', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-11-24T12:00:00+02:00', Date.UTC(2026, 10, 24, 10) / 1000],
    ['2026-11-24T12:00:00-0530', Date.UTC(2026, 10, 24, 17, 30) / 1000],
    ['2026-11-24 12:00+00', Date.UTC(2026, 10, 24, 12) / 1000],
    ['1970-01-01T00:00:07.999Z', 7],
    ['0050-01-01T00:00:00Z', -60_589_296_000],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseAwareDateTime(text)).toBe(seconds)
  })

  it.each([
    ['a naive one', '2026-11-24T12:00:00'],
    ['a bare date', '2026-11-24'],
    ['an epoch', '1764000000'],
    ['a plus that became a blank', '2026-11-24T12:00:00 02:00'],
    ['a day that does not exist', '2026-02-30T12:00:00Z'],
    ['an hour that does not exist', '2026-02-20T24:00:00Z'],
    ['an offset that does not exist', '2026-02-20T12:00:00+99:00'],
    ['a trailing newline', '2026-02-20T12:00:00Z\n'],
  ])('%s is none', (_name, text) => {
    expect(parseAwareDateTime(text)).toBeUndefined()
  })
})
