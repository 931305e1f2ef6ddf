/** A value of the sorted list, by share: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** A line of a result: what is better decides how the goal is read. */
export type Result = {
  readonly id: string
  readonly ours: number
  readonly reference: number
  readonly goal: { readonly atLeast: number } | { readonly atMost: number }
}

/** Each step against the one before it. */
export function growth(what: string, steps: readonly { size: number; figure: number }[], atLeast: number): Result[] {
  return steps.slice(1).map(({ size, figure }, index) => {
    const before = steps[index]
    return {
      id: `${what}: ${size} against ${before?.size}`,
      ours: figure,
      reference: before?.figure ?? 0,
      goal: { atLeast },
    }
  })
}

/** Prints results as a table of ours, the reference, the ratio and the verdict. */
export function printResults(unit: string, results: readonly Result[]): void {
  const rows = results.map(({ id, ours, reference, goal }) => {
    const ratio = ours / reference
    const met = 'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost
    const wanted = 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
    return [id, ours.toFixed(2), reference.toFixed(2), ratio.toFixed(2), wanted, met ? 'yes' : 'NO']
  })
  const head = ['workload', `ours (${unit})`, `reference (${unit})`, 'ratio', 'goal', 'met']
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of [head, ...rows])
    process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
  process.stdout.write('\n')
}
