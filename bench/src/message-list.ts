import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { printResults, quantile, type Result } from './support/figures.js'
import { BenchInstallation } from './support/installation.js'

/** P1: the user's list of 50, 10 connections, at growing mailboxes, against the floor. */
const SIZES = [10, 100, 1000, 10_000]
const ROUNDS = 3
const SECONDS = 3
const FLOOR = fileURLToPath(new URL('./support/list-floor.ts', import.meta.url))

const FILL = `
  INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms, audio_key, audio_bytes)
  SELECT gen_random_uuid(), $1, $2, 1 + (n % 2), false, 'Caller ' || n, '+1555' || n, 1700000000 + n, 3000, 'k' || n, 48000 FROM generate_series(1, $3::int) n`
const COUNT = `
  UPDATE mailbox_summary s SET (new_count, old_count) = (SELECT count(*) FILTER (WHERE folder_id = 1), count(*) FILTER (WHERE folder_id = 2) FROM message WHERE mailbox_id = $1)
  WHERE mailbox_id = $1`

async function requestsPerSecond(url: string, token: string): Promise<number> {
  const result = await autocannon({ url, connections: 10, duration: SECONDS, headers: { 'x-auth-token': token } })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`)
  return result.requests.average
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
const places: { size: number; mailbox: number; token: string }[] = []
for (const size of SIZES) {
  const { tenantId, userId, context, token } = await installation.tenant()
  const mailbox = await installation.mailbox(tenantId, context, userId)
  await installation.database.pool.query(FILL, [mailbox, tenantId, size])
  await installation.database.pool.query(COUNT, [mailbox])
  places.push({ size, mailbox, token })
}
await installation.database.pool.query('ANALYZE')
const url = await installation.serve()
const floor = await startFloor(
  installation.database.url,
  places.map(({ mailbox }) => mailbox),
)
const floorToken = installation.tokenKey.toString('hex')
const figures = new Map<number, { ours: number[]; reference: number[] }>()
for (let round = 0; round <= ROUNDS; round++) {
  for (const { size, mailbox, token } of places) {
    const ours = await requestsPerSecond(`${url}/api/calld/1.0/users/me/voicemails/messages?limit=50`, token)
    const reference = await requestsPerSecond(`${floor.url}/${mailbox}`, floorToken)
    const known = figures.get(size) ?? { ours: [], reference: [] }
    // The first round warms up.
    if (round > 0) figures.set(size, { ours: [...known.ours, ours], reference: [...known.reference, reference] })
  }
}
floor.child.kill()
await installation.stop()

const results: Result[] = [...figures].map(([size, { ours, reference }]) => ({
  id: `list of 50, ${size} messages`,
  ours: quantile(ours, 0.5),
  reference: quantile(reference, 0.5),
  goal: { atLeast: 0.6 },
}))
printResults('requests/s', results)
const at = (size: number) => quantile(figures.get(size)?.ours ?? [], 0.5)
printResults('requests/s', [
  { id: 'ours at 10,000 against ours at 100', ours: at(10_000), reference: at(100), goal: { atLeast: 0.9 } },
])
