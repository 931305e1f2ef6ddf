import type { TransportName } from './transport.js'

/** A server of a name before its addresses are known. */
export type Service = { readonly host: string; readonly port: number; readonly transport: TransportName }

type Weighted = { readonly priority: number; readonly weight: number }

/** The order in which servers are tried: by priority, and within one by chance in proportion to weight (RFC 2782). */
export function orderServices<Record extends Weighted>(records: readonly Record[], random: () => number): Record[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b)
  return priorities.flatMap((priority) =>
    drawAll(
      records.filter((one) => one.priority === priority),
      random,
    ),
  )
}

function drawAll<Record extends Weighted>(group: readonly Record[], random: () => number): Record[] {
  // Those without weight come first in the count, so that they are drawn now and then.
  const left = group.toSorted((a, b) => a.weight - b.weight)
  const drawn: Record[] = []
  while (left.length > 0) {
    let rest = random() * left.reduce((sum, { weight }) => sum + weight, 0)
    const at = left.findIndex(({ weight }) => {
      rest -= weight
      return rest <= 0
    })
    drawn.push(...left.splice(Math.max(at, 0), 1))
  }
  return drawn
}
