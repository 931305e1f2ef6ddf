import { RabbitMqBus } from '@lamplighter/bus'
import { createRelay } from '@lamplighter/relayd'
import { createLogger } from '@lamplighter/runtime'
import { OutboxSignal } from '@lamplighter/store'
import pg from 'pg'
import { ConfirmPublisher, CountingQueue } from './support/confirm-publisher.js'
import { EventBacklog } from './support/event-backlog.js'
import { printResults, quantile, type Result } from './support/figures.js'
import { BenchInstallation } from './support/installation.js'

/** P7, E4, G8: a relay that drains what a stopped broker left, against a publisher of the same bytes that has no outbox. */
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 30_000)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const SENT_BEFORE = Number(process.env['BENCH_SENT'] ?? 300_000)
const OPEN_TRANSACTION_SEC = Number(process.env['BENCH_OPEN_SEC'] ?? 60)
const BATCHES = [20, 200, 1000]
const WINDOW = 500
const EXCHANGE = 'wazo-headers'

const log = createLogger('error')
const installation = await BenchInstallation.create()
const { tenantId } = await installation.tenant()
const { pool, url } = installation.database
const backlog = new EventBacklog(pool, tenantId, installation.originUuid)
const queue = await CountingQueue.open(installation.amqpUrl, EXCHANGE)
const publisher = await ConfirmPublisher.open(installation.amqpUrl)
const bus = new RabbitMqBus(installation.amqpUrl, log)
await bus.start()

/** Events a second from the start of the relay until every one has come, each once. */
async function drain(batch: number): Promise<number> {
  await backlog.add(EVENTS)
  const relay = createRelay({ databaseUrl: url, bus, signal: new OutboxSignal(async () => {}), log, batch })
  const arrived = queue.expect(EVENTS)
  const startedAt = performance.now()
  await relay.start()
  await arrived
  const perSecond = (EVENTS * 1000) / (performance.now() - startedAt)
  await relay.stop()
  if (queue.received !== EVENTS) throw new Error(`${queue.received} of ${EVENTS} events came`)
  return perSecond
}

/** The same bytes by a publisher that reads nothing and writes nothing down. */
async function direct(): Promise<number> {
  const arrived = queue.expect(EVENTS)
  const startedAt = performance.now()
  await publisher.publish(EXCHANGE, backlog.event, { count: EVENTS, window: WINDOW })
  await arrived
  return (EVENTS * 1000) / (performance.now() - startedAt)
}

/** Both in turn, each workload prepared and cleared around. @returns medians */
async function compare(batch: number, prepare: () => Promise<void> = async () => {}) {
  const [ours, reference]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    await backlog.clear()
    await prepare()
    ours.push(await drain(batch))
    reference.push(await direct())
  }
  await backlog.clear()
  return { ours: quantile(ours, 0.5), reference: quantile(reference, 0.5) }
}

/** Keeps the oldest snapshot from moving on: what is dead cannot be removed meanwhile. */
async function besideOpenTransaction<T>(work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await client.query('SELECT count(*) FROM event')
  const over = performance.now() + OPEN_TRANSACTION_SEC * 1000
  const rates: T[] = []
  while (rates.length === 0 || performance.now() < over) rates.push(await work())
  await client.query('ROLLBACK')
  await client.end()
  return rates.at(-1) as T
}

await direct()
const results: Result[] = []
for (const batch of BATCHES) {
  const goal = { atLeast: batch === 1000 ? 0.7 : 0.1 }
  results.push({ id: `drain ${EVENTS} events, batch ${batch} (P7, E4)`, ...(await compare(batch)), goal })
}
const plain = results.at(-1)?.ours ?? Number.NaN
const sent = await compare(1000, () => backlog.addSent(SENT_BEFORE))
const open = await besideOpenTransaction(() => drain(1000))
await backlog.clear()
await backlog.addConsumers(10_000, 0)
const headersOnly = await drain(1000)
await backlog.removeConsumers()
await backlog.addConsumers(10_000, 1)
const topicToo = await drain(1000)
printResults('events/s', results)
printResults('events/s', [
  {
    id: `with ${SENT_BEFORE} sent before, against none (G8)`,
    ours: sent.ours,
    reference: plain,
    goal: { atLeast: 0.8 },
  },
  {
    id: `at the end of a transaction open for ${OPEN_TRANSACTION_SEC} s, against none (G8)`,
    ours: open,
    reference: plain,
    goal: { atLeast: 0.8 },
  },
  { id: '10,000 consumers by headers, against none', ours: headersOnly, reference: plain, goal: { atLeast: 0.9 } },
  {
    id: 'only by headers, against to the topic exchange too',
    ours: headersOnly,
    reference: topicToo,
    goal: { atLeast: 1 },
  },
])
await bus.stop()
await publisher.close()
await queue.close()
await installation.stop()
