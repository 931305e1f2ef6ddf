import { createSocket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import type { TenantId } from '@lamplighter/domain'
import { formatMessageSummary, readMessageSummary } from '@lamplighter/sip'
import { type ConsumeMessage, connect } from 'amqplib'
import { bareTransaction } from './support/bare-transaction.js'
import { inGroups, type Place, startChain, Told } from './support/chain.js'
import { printResults, quantile, type Result } from './support/figures.js'
import { BenchInstallation } from './support/installation.js'

/** P6: how long from commit to the phone, against the floor that publishes directly. */
const IDLE_SAMPLES = 200
/** Commits a second (P6, E1, E2). */
const RATES = [50, 500]
/** For how long at each rate in a round, and how often. */
const STEADY_SEC = Number(process.env['BENCH_SECONDS'] ?? 4)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5)
/** Each with a mailbox and a subscription; so many that none is told as often as its pace allows (`PACE_MS` of packages/sip). */
const DEVICES = 2000

async function sample(place: Place): Promise<number> {
  place.count++
  const { count } = place
  await place.change()
  const committedAt = performance.now()
  return (await place.seen(count)) - committedAt
}

async function oneAtATime(places: readonly Place[]): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < IDLE_SAMPLES; index++) {
    const place = places[index % places.length]
    if (place) samples.push(await sample(place))
    await delay(5)
  }
  return samples
}

/** Places take turns, so that the pace of one phone does not count. */
async function steadily(places: readonly Place[], perSecond: number): Promise<number[]> {
  const samples: Promise<number>[] = []
  const from = performance.now()
  for (let index = 0; index < STEADY_SEC * perSecond; index++) {
    const place = places[index % places.length]
    if (place) samples.push(sample(place))
    await delay(Math.max(0, from + ((index + 1) * 1000) / perSecond - performance.now()))
  }
  return Promise.all(samples)
}

/** The direct publisher: the same rows but no events, published after the commit, and a bare NOTIFY. */
async function floor(
  installation: BenchInstallation,
  tenantId: TenantId,
  context: string,
): Promise<{ places: Place[]; stop: () => Promise<void> }> {
  const connection = await connect(installation.amqpUrl, { noDelay: true })
  const [publisher, consumer] = [await connection.createChannel(), await connection.createChannel()]
  await publisher.assertExchange('bench-direct', 'headers', { durable: true })
  const { queue } = await consumer.assertQueue('', { exclusive: true })
  await consumer.bindQueue(queue, 'bench-direct', '', { bench: true, 'x-match': 'all' })
  const { pool } = installation.database
  const [sender, phone] = [createSocket('udp4'), createSocket('udp4')]
  await Promise.all(
    [sender, phone].map((socket) => new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))),
  )
  const told = new Map<number, Told>()
  phone.on('message', (bytes) => {
    const text = bytes.toString()
    const mailbox = Number(/^NOTIFY sip:(\d+)@/.exec(text)?.[1])
    told.get(mailbox)?.tell(readMessageSummary(text.slice(text.indexOf('\r\n\r\n') + 4))?.counts?.new ?? -1)
  })
  const show = async (message: ConsumeMessage | null) => {
    const { mailbox } = JSON.parse(message?.content.toString() ?? '{}') as { mailbox: number }
    const { rows } = await pool.query({
      name: 'floor.read',
      text: 'SELECT new_count, old_count FROM mailbox_summary WHERE mailbox_id = $1',
      values: [mailbox],
    })
    const body = formatMessageSummary({ new: rows[0].new_count, old: rows[0].old_count, urgentNew: 0, urgentOld: 0 })
    sender.send(
      `NOTIFY sip:${mailbox}@127.0.0.1 SIP/2.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      phone.address().port,
      '127.0.0.1',
    )
    if (message) consumer.ack(message)
  }
  await consumer.consume(queue, (message) => void show(message))
  const begin = async (): Promise<Place> => {
    const mailbox = await installation.mailbox(tenantId, context)
    const own = new Told()
    told.set(mailbox, own)
    const change = async () => {
      await bareTransaction(installation, tenantId, mailbox, false)
      publisher.publish('bench-direct', '', Buffer.from(JSON.stringify({ mailbox })), {
        headers: { bench: true },
        deliveryMode: 2,
      })
    }
    return { change, seen: (count: number) => own.when(count), count: 0 }
  }
  const places = await inGroups(DEVICES, begin)
  const stop = async () => {
    await connection.close()
    sender.close()
    phone.close()
  }
  return { places, stop }
}

const installation = await BenchInstallation.create()
const { tenantId, context } = await installation.tenant()
const [own, direct] = [
  await startChain(installation, tenantId, context, DEVICES),
  await floor(installation, tenantId, context),
]
/** Ways to change mailboxes: one at a time, and at a pace. */
const paces: readonly { name: string; run: (places: readonly Place[]) => Promise<number[]> }[] = [
  { name: 'idle', run: oneAtATime },
  ...RATES.map((rate) => ({ name: `${rate}/s`, run: (places: readonly Place[]) => steadily(places, rate) })),
]
const collected = new Map(paces.map(({ name }) => [name, { ours: [] as number[], reference: [] as number[] }]))
for (let round = 0; round <= ROUNDS; round++) {
  for (const { name, run } of paces) {
    const figures = { ours: await run(own.places), reference: await run(direct.places) }
    // The first round warms up.
    if (round === 0) continue
    collected.get(name)?.ours.push(...figures.ours)
    collected.get(name)?.reference.push(...figures.reference)
  }
}
await own.stop()
await direct.stop()
const latency = [...collected].flatMap(([name, figures]): Result[] => [
  {
    id: `commit → NOTIFY, ${name}, p50 (P6)`,
    ours: quantile(figures.ours, 0.5),
    reference: quantile(figures.reference, 0.5),
    goal: { atMost: 1.5 },
  },
  {
    id: `commit → NOTIFY, ${name}, p99 (P6)`,
    ours: quantile(figures.ours, 0.99),
    reference: quantile(figures.reference, 0.99),
    goal: { atMost: 2 },
  },
])
printResults('ms', latency)
process.stdout.write(`${IDLE_SAMPLES * ROUNDS} samples one at a time, ${STEADY_SEC * ROUNDS} seconds at each pace\n`)
await installation.stop()
