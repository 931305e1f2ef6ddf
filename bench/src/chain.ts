import { setTimeout as delay } from 'node:timers/promises'
import { bareTransaction } from './support/bare-transaction.js'
import { type Place, startChain } from './support/chain.js'
import { printResults, quantile } from './support/figures.js'
import { BenchInstallation } from './support/installation.js'

/** P7, E3: writers in a closed loop with everything on, up to the phones, against the same transactions alone. */
const WRITERS = 8
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
/** Each phone is told five times a second at most (`PACE_MS` of packages/sip): with fewer of them the last lamp shows that pace. */
const DEVICES = 200
/** Later than this after the last commit a phone is behind. */
const MOST_LAG_MS = 100
/** Then it counts as missing, and the program fails. */
const MISSING_MS = 30_000

/** Runs as many at a time for a while. @returns how many a second */
async function perSecond(work: (turn: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  let done = 0
  const writer = async () => {
    while (performance.now() - startedAt < SECONDS * 1000) await work(done++)
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  return (done * 1000) / (performance.now() - startedAt)
}

/** Commits a second, and how long after the last one every phone shows the count of its mailbox. */
async function chain(places: readonly Place[]): Promise<{ rate: number; lagMs: number }> {
  const rate = await perSecond(async (turn) => {
    const place = places[turn % places.length]
    if (!place) return
    place.count++
    await place.change()
  })
  const committedAt = performance.now()
  const late = new AbortController()
  const missing = delay(MISSING_MS, undefined, { signal: late.signal }).then(() =>
    Promise.reject(new Error('a lamp is missing')),
  )
  missing.catch(() => {})
  const shown = await Promise.race([Promise.all(places.map(({ seen, count }) => seen(count))), missing])
  late.abort()
  return { rate, lagMs: Math.max(0, Math.max(...shown) - committedAt) }
}

const installation = await BenchInstallation.create()
const { tenantId, context } = await installation.tenant()
const { places, stop } = await startChain(installation, tenantId, context, DEVICES)
const bareMailboxes = await Promise.all(Array.from({ length: DEVICES }, () => installation.mailbox(tenantId, context)))
const bare = (turn: number) =>
  bareTransaction(installation, tenantId, bareMailboxes[turn % bareMailboxes.length] ?? 0, true)
const [rates, lags, references]: number[][] = [[], [], []]
for (let round = 0; round <= ROUNDS; round++) {
  const { rate, lagMs } = await chain(places)
  const reference = await perSecond(bare)
  // The first round warms up.
  if (round === 0) continue
  rates?.push(rate)
  lags?.push(lagMs)
  references?.push(reference)
}
await stop()
await installation.stop()
printResults('commits/s', [
  {
    id: `${WRITERS} writers, every lamp right at the end (P7, E3)`,
    ours: quantile(rates ?? [], 0.5),
    reference: quantile(references ?? [], 0.5),
    goal: { atLeast: 0.5 },
  },
])
const lag = quantile(lags ?? [], 0.5)
process.stdout.write(`last lamp ${lag.toFixed(0)} ms after the last commit (goal: ${MOST_LAG_MS}); none missing\n`)
