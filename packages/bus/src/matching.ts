import type { HeaderMatch } from './bus.js'

/**
 * Whether a binding selects a message: every pair present, values equal with their type, as RabbitMQ's headers exchange
 * decides with x-match=all (bus.md 2.2: 1 and "true" are not true). An empty binding selects everything.
 */
export function selects(binding: HeaderMatch, headers: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(binding).every(([key, value]) => Object.hasOwn(headers, key) && headers[key] === value)
}
