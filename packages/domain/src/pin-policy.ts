/** Why a PIN opens nothing. */
export type PinWeakness = 'not-digits' | 'too-short' | 'number' | 'repeat' | 'line' | 'year' | 'date' | 'common'

/** What a PIN is judged by, beside itself. */
export type PinContext = {
  /** Number of the mailbox. */
  readonly number: string
  readonly minLength: number
}

/** Straight lines of a keypad that are not also arithmetic: the middle column goes on to the 0. */
const COLUMN_LINES: ReadonlySet<string> = new Set(['2580', '0852', '580', '085'])
/** What many people think of, and no rule below. */
const COMMON: ReadonlySet<string> = new Set(
  `102030 203040 246810 135791 135790 142536 147852 852456 258456 147025 123454321 123450 543211 101112 121314 131415
  975310 192837 102938 314159 271828 112358 235711 123654789 159632 1472580 7418520`.split(/\s+/),
)
/** A number shorter than this says nothing about a PIN that holds it. */
const MIN_TELLING_NUMBER = 3
const DAYS_PER_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/**
 * What is wrong with a PIN that people choose and thieves try first (users.md S1, S2). REST takes any PIN the contract
 * takes; one with a weakness opens nothing until it is changed. That a PIN was used before is seen where it is set.
 */
export function pinWeakness(pin: string, { number, minLength }: PinContext): PinWeakness | undefined {
  if (!/^\d+$/.test(pin)) return 'not-digits'
  if (pin.length < minLength) return 'too-short'
  if (tellsNumber(pin, number)) return 'number'
  if (isRepetitive(pin)) return 'repeat'
  if (isOfLines(pin) || isOfLines(withoutDoubles(pin))) return 'line'
  if (isDate(pin)) return 'date'
  if (isYear(pin)) return 'year'
  if (COMMON.has(pin)) return 'common'
  return undefined
}

/** The number, its last digits, either of them backwards, or more digits around it. */
function tellsNumber(pin: string, number: string): boolean {
  const backwards = [...number].reverse().join('')
  if (number.endsWith(pin) || backwards.startsWith(pin) || backwards.endsWith(pin) || number.startsWith(pin))
    return true
  return number.length >= MIN_TELLING_NUMBER && (pin.includes(number) || pin.includes(backwards))
}

/** Two digits at most, or a block over and over, the last one maybe cut. */
function isRepetitive(pin: string): boolean {
  if (new Set(pin).size <= 2) return true
  for (let period = 1; period * 2 <= pin.length; period++) {
    if (pin.slice(period) === pin.slice(0, -period)) return true
  }
  return false
}

/** Made of nothing but straight lines of three digits and more: 123456, 147258, 123321, 159753. */
function isOfLines(pin: string): boolean {
  if (pin.length < 3) return false
  if (isLine(pin)) return true
  for (let end = 3; end <= pin.length - 3; end++) {
    if (isLine(pin.slice(0, end)) && isOfLines(pin.slice(end))) return true
  }
  return false
}

/** The same step from digit to digit, round the corner from 9 to 0: runs, and every line of a keypad but one. */
function isLine(digits: string): boolean {
  if (COLUMN_LINES.has(digits)) return true
  const steps = [...digits].slice(1).map((digit, at) => (Number(digit) - Number(digits[at]) + 10) % 10)
  return new Set(steps).size === 1
}

/** 112233 as 123: a run that stutters. */
function withoutDoubles(pin: string): string {
  return pin.replace(/(\d)\1+/g, '$1')
}

/** A year of somebody alive, or two, alone or with up to two digits more. */
function isYear(pin: string): boolean {
  const years = '(19|20)\\d\\d'
  return new RegExp(`^(${years}\\d{0,2}|\\d{0,2}${years}|${years}${years})$`).test(pin)
}

/** A day with or without its year, in the orders of the world. */
function isDate(pin: string): boolean {
  const pairs = pin.match(/\d\d/g)?.map(Number) ?? []
  const [a = 0, b = 0, c = 0, d = 0] = pairs
  if (pin.length === 4) return isDay(a, b) || isDay(b, a)
  if (pin.length === 6) return isDay(a, b) || isDay(b, a) || isDay(c, b)
  if (pin.length !== 8) return false
  const isCentury = (two: number) => two === 19 || two === 20
  return (isCentury(c) && (isDay(a, b) || isDay(b, a))) || (isCentury(a) && (isDay(d, c) || isDay(c, d)))
}

function isDay(day: number, month: number): boolean {
  return day >= 1 && day <= (DAYS_PER_MONTH[month - 1] ?? 0)
}
