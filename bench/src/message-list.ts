import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { growth, printResults, quantile } from './support/figures.js'
import { fillMailboxes, growInstallation, growTenant } from './support/growth.js'
import { BenchInstallation } from './support/installation.js'

/**
 * P1: the user's list of 50 against the floor, and how the lists bear growth by tens: messages in a mailbox (G1),
 * mailboxes in a tenant (G3), tenants in the installation (G7).
 */
const SIZES = [10, 100, 1000, 10_000]
const TENANT_MAILBOXES = [10, 100, 1000]
const TENANTS = [10, 100, 1000]
const ROUNDS = 3
const SECONDS = 2
const FLOOR = fileURLToPath(new URL('./support/list-floor.ts', import.meta.url))
const OWN = '/api/calld/1.0/users/me/voicemails/messages?limit=50'
const OF_TENANT = '/api/calld/1.0/voicemails/messages?limit=50&direction=desc'

/** What is asked for again and again, and by whom. */
type Workload = { readonly id: string; readonly url: string; readonly token: string; readonly connections: number }

async function requestsPerSecond({ url, token, connections }: Workload): Promise<number> {
  const result = await autocannon({ url, connections, duration: SECONDS, headers: { 'x-auth-token': token } })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`)
  return result.requests.average
}

/** Medians of all workloads, which take turns; the first round warms up. */
async function measure(workloads: readonly Workload[]): Promise<Map<string, number>> {
  const figures = new Map<string, number[]>()
  for (let round = 0; round <= ROUNDS; round++) {
    for (const workload of workloads) {
      const figure = await requestsPerSecond(workload)
      if (round > 0) figures.set(workload.id, [...(figures.get(workload.id) ?? []), figure])
    }
  }
  return new Map([...figures].map(([id, values]) => [id, quantile(values, 0.5)]))
}

async function startFloor(
  databaseUrl: string,
  mailboxes: readonly number[],
): Promise<{ child: ChildProcess; url: string }> {
  const args = ['--import', 'tsx', '--conditions=@lamplighter/source', FLOOR, databaseUrl, JSON.stringify(mailboxes)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) return { child, url: line }
  throw new Error('the floor did not start')
}

const installation = await BenchInstallation.create()
const { pool } = installation.database
const places: { size: number; mailbox: number; token: string }[] = []
for (const size of SIZES) {
  const { tenantId, userId, context, token } = await installation.tenant()
  const mailbox = await installation.mailbox(tenantId, context, userId)
  await fillMailboxes(pool, [mailbox], size)
  places.push({ size, mailbox, token })
}
const tenants: { size: number; token: string }[] = []
for (const size of TENANT_MAILBOXES) {
  const { tenantId, context, token } = await installation.tenant()
  await growTenant(pool, tenantId, context, { mailboxes: size, messagesEach: 100 })
  tenants.push({ size, token })
}
await pool.query('VACUUM ANALYZE')
const url = await installation.serve()
const floor = await startFloor(
  installation.database.url,
  places.map(({ mailbox }) => mailbox),
)
const floorToken = installation.tokenKey.toString('hex')
const own = (size: number): Workload => {
  const token = places.find((place) => place.size === size)?.token ?? ''
  return { id: `own ${size}`, url: url + OWN, token, connections: 10 }
}
const floorOf = (size: number): Workload => {
  const mailbox = places.find((place) => place.size === size)?.mailbox
  return { id: `floor ${size}`, url: `${floor.url}/${mailbox}`, token: floorToken, connections: 10 }
}

const sized = await measure(SIZES.flatMap((size) => [own(size), floorOf(size)]))
const wide = await measure(
  tenants.map(({ size, token }) => ({ id: `tenant ${size}`, url: url + OF_TENANT, token, connections: 1 })),
)
const crowded: { size: number; figure: number }[] = []
let present = SIZES.length + TENANT_MAILBOXES.length
for (const size of TENANTS) {
  await growInstallation(pool, size - present)
  present = size
  await pool.query('VACUUM ANALYZE')
  const step = await measure([own(100), floorOf(100)])
  // Against the floor of the same minutes, so that the noise of the machine cancels.
  crowded.push({ size, figure: (step.get('own 100') ?? 0) / (step.get('floor 100') ?? 1) })
}
floor.child.kill()
await installation.stop()

const figure = (figures: ReadonlyMap<string, number>, id: string) => figures.get(id) ?? Number.NaN
printResults(
  'requests/s',
  SIZES.map((size) => ({
    id: `list of 50, ${size} messages`,
    ours: figure(sized, `own ${size}`),
    reference: figure(sized, `floor ${size}`),
    goal: { atLeast: 0.6 },
  })),
)
printResults(
  'requests/s',
  growth(
    'messages in the mailbox',
    // A mailbox of ten has no page of fifty to compare with.
    SIZES.slice(1).map((size) => ({ size, figure: figure(sized, `own ${size}`) })),
    0.85,
  ),
)
printResults(
  'requests/s',
  growth(
    'mailboxes in the tenant',
    TENANT_MAILBOXES.map((size) => ({ size, figure: figure(wide, `tenant ${size}`) })),
    0.85,
  ),
)
printResults('ours / floor', growth('tenants', crowded, 0.85))
