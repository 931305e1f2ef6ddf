import { randomUUID } from 'node:crypto'
import { Store } from '@lamplighter/store'
import {
  explainPrepared,
  type ListRequest,
  listRequests,
  type PlanFacts,
  recordStatements,
  seedLists,
} from '@lamplighter/testing'
import { BenchInstallation } from './support/installation.js'

/** Plans of every list at 1,000,000 messages in 10,000 mailboxes of 10 tenants: an index each, one statement each. */
const SIZE = { tenants: 10, mailboxes: 10_000, messagesEach: 100 }

type Line = { readonly request: ListRequest; readonly statements: number; readonly plan: PlanFacts | undefined }

function printLine({ request, statements, plan }: Line): void {
  const figures = [statements, plan?.rowsRead['message'], `${plan?.executionMs.toFixed(1)} ms`].join('\t')
  process.stdout.write(`${request.name.padEnd(40)}\t${figures}\t${plan?.indexes.join(' ')}\n`)
}

/** What a list must not do. A list over the master tenant covers every row there is, and may read them all. */
function faultOf({ request, statements, plan }: Line): string | undefined {
  if (statements !== 1) return `${request.name}: ${statements} statements`
  const whole = request.name.includes('subtree') && !request.flat
  if (!whole && plan?.sequentialScans.includes('message')) return `${request.name}: reads the whole table of messages`
  return undefined
}

const installation = await BenchInstallation.create()
const { database } = installation
const place = await seedLists(database.pool, SIZE)
const lines: Line[] = []
process.stdout.write('list\tstatements\tmessages read\ttime\tindexes\n')
for (const request of listRequests(place)) {
  const { pool, sent } = recordStatements(database.pool)
  await request.run(new Store({ ...database, pool }, randomUUID(), () => {}))
  const [statement] = sent
  const plan = statement && (await explainPrepared(database.pool, statement))
  const line = { request, statements: sent.length, plan }
  lines.push(line)
  printLine(line)
}
await installation.stop()
const faults = lines.flatMap((line) => faultOf(line) ?? [])
process.stdout.write(faults.length === 0 ? '\nno fault\n' : `\n${faults.join('\n')}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
