import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import { RabbitMqBus } from '@lamplighter/bus'
import { countDrafts, messageDrafts } from '@lamplighter/contracts'
import { type MailboxId, type MessageId, type TenantId, UNHANDLED } from '@lamplighter/domain'
import { createMwid } from '@lamplighter/mwid'
import { createRelay } from '@lamplighter/relayd'
import { createLogger } from '@lamplighter/runtime'
import { computeHa1, formatMessageSummary, readMessageSummary, SoftPhone } from '@lamplighter/sip'
import { OutboxSignal, onlyTenant } from '@lamplighter/store'
import { type ConsumeMessage, connect } from 'amqplib'
import { bareTransaction } from './support/bare-transaction.js'
import { printResults, quantile, type Result } from './support/figures.js'
import { BenchInstallation } from './support/installation.js'

/** P6: how long from commit to the phone, against the floor that publishes directly. */
const IDLE_SAMPLES = 200
const STEADY_PER_SECOND = 50
const STEADY_SAMPLES = 300
const ROUNDS = 3
const DEVICES = 60

type Change = () => Promise<void>
/** Changes one place and resolves with the milliseconds from its commit to the NOTIFY that shows it. */
type Place = { readonly change: Change; readonly seen: (count: number) => Promise<number>; count: number }

const log = createLogger('error')

/** Times at which a phone was told each count. */
class Told {
  readonly #at = new Map<number, number>()
  readonly #waiting = new Map<number, (at: number) => void>()

  tell(count: number): void {
    const now = performance.now()
    if (this.#at.has(count)) return
    this.#at.set(count, now)
    this.#waiting.get(count)?.(now)
  }

  when(count: number): Promise<number> {
    const known = this.#at.get(count)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve) => this.#waiting.set(count, resolve))
  }
}

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
async function steadily(places: readonly Place[]): Promise<number[]> {
  const samples: Promise<number>[] = []
  const from = performance.now()
  for (let index = 0; index < STEADY_SAMPLES; index++) {
    const place = places[index % places.length]
    if (place) samples.push(sample(place))
    await delay(Math.max(0, from + ((index + 1) * 1000) / STEADY_PER_SECOND - performance.now()))
  }
  return Promise.all(samples)
}

async function ours(
  installation: BenchInstallation,
  tenantId: TenantId,
  context: string,
): Promise<{ places: Place[]; stop: () => Promise<void> }> {
  const bus = new RabbitMqBus(installation.amqpUrl, log)
  const { database, originUuid, nonceKey, peerSecretKey } = installation
  const signal = new OutboxSignal(async () => {})
  const store = installation.store(() => signal.poke())
  const settings = { host: '127.0.0.1', port: 0, accessCodes: ['*97'] }
  const mwid = createMwid({ database, store, bus, nonceKey, peerSecretKey, realm: 'bench', originUuid, settings, log })
  const relay = createRelay({ databaseUrl: database.url, bus, signal, log })
  await bus.start()
  await mwid.start()
  await relay.start()
  const port = mwid.ports?.UDP ?? 0
  const phones: SoftPhone[] = []
  const places = await Promise.all(
    Array.from({ length: DEVICES }, async () => {
      const mailbox = await installation.mailbox(tenantId, context)
      const username = `d${randomUUID().slice(0, 8)}`
      const ha1 = (algorithm: 'MD5' | 'SHA-256') => computeHa1(algorithm, username, 'bench', 'bench-password')
      const credentials = { sipRealm: 'bench', ha1Md5: ha1('MD5'), ha1Sha256: ha1('SHA-256') }
      const fields = {
        userUuid: null,
        name: null,
        sipUsername: username,
        digestAlgorithm: 'MD5',
        mwiMode: 'auto',
        profile: 'default',
        aggregate: true,
        messageAccount: null,
        mailboxes: [mailbox],
      } as const
      await store
        .configuration(onlyTenant(tenantId))
        .devices.create(randomUUID() as never, tenantId, fields, credentials)
      const told = new Told()
      const phone = new SoftPhone(
        { username, password: 'bench-password', server: { host: '127.0.0.1', port } },
        { onLamp: ({ counts }) => told.tell(counts?.new ?? -1) },
      )
      phones.push(phone)
      await phone.start()
      await phone.subscribe()
      await told.when(0)
      return { change: () => deposit(mailbox), seen: (count: number) => told.when(count), count: 0 }
    }),
  )
  async function deposit(mailbox: MailboxId): Promise<void> {
    await store.changeMessages(onlyTenant(tenantId), async ({ summaries, writer, outbox }) => {
      const audience = await summaries.lock(mailbox)
      if (!audience) throw new Error('no mailbox')
      const id = randomUUID() as MessageId
      const facts = {
        callerIdName: 'Bench',
        callerIdNum: '1',
        leftAt: 1,
        durationMs: 3000,
        audioKey: id,
        audioBytes: 48_000,
        audioSha256: null,
        transcription: null,
        ...UNHANDLED,
      }
      const change = await writer(audience).insert({
        id,
        tenantId,
        mailboxId: mailbox,
        folderId: 1,
        urgent: false,
        ...facts,
      })
      await outbox.add([...messageDrafts('created', change.message, change.audience), ...countDrafts(change.audience)])
    })
  }
  const stop = async () => {
    for (const phone of phones) await phone.stop()
    await relay.stop()
    await mwid.stop()
    await bus.stop()
  }
  return { places, stop }
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
  const places = await Promise.all(
    Array.from({ length: DEVICES }, async () => {
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
    }),
  )
  const stop = async () => {
    await connection.close()
    sender.close()
    phone.close()
  }
  return { places, stop }
}

const installation = await BenchInstallation.create()
const { tenantId, context } = await installation.tenant()
const [own, direct] = [await ours(installation, tenantId, context), await floor(installation, tenantId, context)]
const collected: Record<string, { ours: number[]; reference: number[] }> = {
  idle: { ours: [], reference: [] },
  steady: { ours: [], reference: [] },
}
for (let round = 0; round <= ROUNDS; round++) {
  const idle = { ours: await oneAtATime(own.places), reference: await oneAtATime(direct.places) }
  const steady = { ours: await steadily(own.places), reference: await steadily(direct.places) }
  // The first round warms up.
  if (round === 0) continue
  for (const [name, figures] of Object.entries({ idle, steady })) {
    collected[name]?.ours.push(...figures.ours)
    collected[name]?.reference.push(...figures.reference)
  }
}
await own.stop()
await direct.stop()
const latency = Object.entries(collected).flatMap(([name, figures]): Result[] => [
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
process.stdout.write(
  `${IDLE_SAMPLES * ROUNDS} samples one at a time, ${STEADY_SAMPLES * ROUNDS} at ${STEADY_PER_SECOND} a second\n`,
)
await installation.stop()
