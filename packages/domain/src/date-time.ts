const AWARE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,12})?)?(Z|[+-]\d{2}(?::?\d{2})?)$/

/**
 * Reads an ISO 8601 date-time with an offset or `Z` as epoch seconds; fractions of seconds are cut off (rest.md 1.6, 3.5).
 * Undefined for anything else: a naive time, a bare date, a day that does not exist.
 */
export function parseAwareDateTime(text: string): number | undefined {
  const match = AWARE.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const offset = offsetSeconds(match[7] ?? 'Z')
  const date = new Date(0)
  // Not Date.UTC: that takes the years 0 to 99 for those of the last century.
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return exists && offset !== undefined ? date.getTime() / 1000 - offset : undefined
}

function offsetSeconds(text: string): number | undefined {
  if (text === 'Z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(3).replace(':', '') || 0)
  if (hours > 23 || minutes > 59) return undefined
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60)
}
