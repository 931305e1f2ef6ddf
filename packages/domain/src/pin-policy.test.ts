import { describe, expect, it } from 'vitest'
import { pinWeakness } from './pin-policy.js'

const NUMBER = '4721'
const mailbox = { number: NUMBER, minLength: 6 }
const digits = Array.from({ length: 10 }, (_, digit) => String(digit))
const pad = (value: number) => String(value).padStart(2, '0')
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

/** What lists of stolen PINs begin with, as they stand there. */
const POPULAR =
  `123456 654321 111111 000000 123123 666666 121212 112233 789456 159753 555555 999999 123321 147258 131313
  777777 696969 252525 159357 101010 888888 456789 987654 369258 741852 852456 258456 147369 963852 321654 456123
  222222 333333 444444 102030 232323 147852 789789 456456 321321 100000 110110 212121 202020 404040 505050
  010203 246810 135791 975310 369369 142536 147147 258258 159159 951951 753951 357159 852852 741741 963963 321123
  654456 987789 789987 456654 112211 221122 665544 998877 445566 334455 223344 778899 123789 789123 012345 543210
  890123 210987 098765 567890 345678 234567 876543 765432 100001 900009 12345678 87654321 11223344 12341234 147258369
  123454321 1234567890 0987654321 2580258 0852085 25800852 147025 123450 543211`
    .trim()
    .split(/\s+/)

const REPEATS = digits.flatMap((one) => [6, 7, 8].map((length) => one.repeat(length)))
const BLOCKS = range(10, 99)
  .filter((block) => block % 11 !== 0)
  .map((block) => String(block).repeat(3))
const DATES = range(1, 28).flatMap((day) =>
  [1, 6, 12].flatMap((month) => [
    `${pad(day)}${pad(month)}${pad(day + 60)}`,
    `${pad(month)}${pad(day)}${pad(day + 30)}`,
    `${pad(day + 60)}${pad(month)}${pad(day)}`,
    `${pad(day)}${pad(month)}19${pad(day + 60)}`,
    `20${pad(day)}${pad(month)}${pad(day)}`,
  ]),
)
const YEARS = range(1940, 2030).flatMap((year) => [`${year}${year + 1}`, `${year}17`, `93${year}`])
const OF_THE_NUMBER = [
  '4721',
  '1274',
  '004721',
  '472100',
  '994721',
  '127499',
  '47211274',
  '472147',
  '14721',
  '21',
  '721',
]

const BAD = [...new Set([...POPULAR, ...REPEATS, ...BLOCKS, ...DATES, ...YEARS, ...OF_THE_NUMBER])]

describe('S2: a PIN', () => {
  it('of the 500 and more that everybody tries is weak, every one of them', () => {
    expect(BAD.length).toBeGreaterThanOrEqual(500)
    expect(BAD.filter((pin) => pinWeakness(pin, mailbox) === undefined)).toEqual([])
  })

  it.each([
    ['', 'not-digits'],
    ['12a456', 'not-digits'],
    ['0000#0001#', 'not-digits'],
    ['83047', 'too-short'],
    ['994721', 'number'],
    ['121212', 'repeat'],
    ['123456', 'line'],
    ['112233', 'line'],
    ['147258', 'line'],
    ['310585', 'date'],
    ['198493', 'year'],
    ['142536', 'common'],
  ])('%j is weak because of: %s', (pin, weakness) => {
    expect(pinWeakness(pin, mailbox)).toBe(weakness)
  })

  it.each(['830472', '507163', '926408', '4093857', '68204915', '7314962850'])('like %s is good', (pin) => {
    expect(pinWeakness(pin, mailbox)).toBeUndefined()
  })

  it('may be as short as the tenant allows', () => {
    expect(pinWeakness('8305', { ...mailbox, minLength: 4 })).toBeUndefined()
    expect(pinWeakness('8305', { ...mailbox, minLength: 5 })).toBe('too-short')
    for (const pin of ['1234', '2580', '1984', '2412', '4721', '1274', '7777', '1212'])
      expect(pinWeakness(pin, { ...mailbox, minLength: 4 }), pin).toBeDefined()
  })

  it('may end like a long number by chance in no more than that', () => {
    const long = { number: '4930123456789', minLength: 6 }
    expect(pinWeakness('456789', long)).toBeDefined()
    expect(pinWeakness('012345', long)).toBeDefined()
    expect(pinWeakness('740962', { number: '12', minLength: 6 })).toBeUndefined()
  })

  it('chosen by chance is refused in fewer than a quarter of all cases', () => {
    const all = range(0, 999_999).filter((value) => value % 7 === 0)
    const weak = all.filter((value) => pinWeakness(String(value).padStart(6, '0'), mailbox) !== undefined)
    expect(weak.length / all.length).toBeLessThan(0.25)
  })
})
