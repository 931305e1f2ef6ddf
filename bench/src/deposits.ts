import { bareTransaction } from './support/bare-transaction.js'
import { growth, printResults, quantile } from './support/figures.js'
import { fillMailboxes } from './support/growth.js'
import { BenchInstallation } from './support/installation.js'

/** P2: deposits over REST against the bare transaction of the same rows, and how they bear growth by tens. */
const SIZES = [10, 100, 1000]
const MAILBOXES = 20
const ROUNDS = 5
const CLIENTS = 8
const SECONDS = 2

type Work = { readonly id: string; readonly run: () => Promise<void> }

/** Runs as many at a time for a while and says how many a second. */
async function throughput(work: () => Promise<void>): Promise<number> {
  const until = performance.now() + SECONDS * 1000
  let done = 0
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < until) {
        await work()
        done++
      }
    }),
  )
  return done / SECONDS
}

/** A WAV of half a second. */
function wav(): Uint8Array<ArrayBuffer> {
  const header = Buffer.from(
    '524946464400000057415645666d742010000000010001008813000010270000020010006461746110270000',
    'hex',
  )
  return Uint8Array.from(Buffer.concat([header, Buffer.alloc(10_000)]))
}

/** Deposits into mailboxes that hold so many messages already, over REST and bare. */
async function workloads(installation: BenchInstallation, url: string, size: number): Promise<Work[]> {
  const { tenantId, context, token } = await installation.tenant()
  const mailboxes = await Promise.all(Array.from({ length: MAILBOXES }, () => installation.mailbox(tenantId, context)))
  await fillMailboxes(installation.database.pool, mailboxes, size)
  const body = wav()
  let next = 0
  const pick = () => mailboxes[next++ % mailboxes.length] ?? 0
  const overRest = async () => {
    const init = { method: 'POST', body, headers: { 'x-auth-token': token, 'content-type': 'audio/wav' } }
    const { status } = await fetch(`${url}/api/calld/1.0/voicemails/${pick()}/messages?caller_id_num=1`, init)
    if (status !== 201) throw new Error(`deposit answered ${status}`)
  }
  return [
    { id: `own ${size}`, run: overRest },
    { id: `bare ${size}`, run: () => bareTransaction(installation, tenantId, pick(), true) },
  ]
}

const installation = await BenchInstallation.create()
const url = await installation.serve()
const works = (await Promise.all(SIZES.map((size) => workloads(installation, url, size)))).flat()
await installation.database.pool.query('VACUUM ANALYZE')
const rates = new Map<string, number[]>(works.map(({ id }) => [id, []]))
for (let round = 0; round <= ROUNDS; round++) {
  for (const { id, run } of works) {
    const rate = await throughput(run)
    // The first round warms up.
    if (round > 0) rates.get(id)?.push(rate)
  }
}
await installation.stop()

const figure = (id: string) => quantile(rates.get(id) ?? [], 0.5)
printResults(
  'deposits/s',
  SIZES.map((size) => ({
    id: `${CLIENTS} at a time, mailboxes of ${size}`,
    ours: figure(`own ${size}`),
    reference: figure(`bare ${size}`),
    goal: { atLeast: 0.5 },
  })),
)
printResults(
  'deposits/s',
  growth(
    'messages in the mailbox',
    SIZES.map((size) => ({ size, figure: figure(`own ${size}`) })),
    0.85,
  ),
)
