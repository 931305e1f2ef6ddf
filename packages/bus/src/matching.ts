import type { HeaderMatch } from './bus.js'

/**
 * Whether a binding selects a message: every pair present, values equal with their type, as RabbitMQ's headers exchange
 * decides with x-match=all (bus.md 2.2: 1 and "true" are not true). An empty binding selects everything.
 */
export function selects(binding: HeaderMatch, headers: Readonly<Record<string, unknown>>): boolean {
  // Every message meets every binding: no list of its pairs is made for that.
  for (const key in binding) if (!Object.hasOwn(headers, key) || headers[key] !== binding[key]) return false
  return true
}
