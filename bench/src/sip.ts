import { BareUdp } from './support/bare-udp.js'
import { CpuShare, serverPid } from './support/cpu-share.js'
import { printResults, quantile, type Result } from './support/figures.js'
import { BENCH_SECRET, BenchInstallation } from './support/installation.js'
import { createKamailioDatabase, KamailioServer, type KamailioStorage } from './support/kamailio-server.js'
import { PhoneSwarm, type SipServerAddress, type SwarmPhone } from './support/phone-swarm.js'
import { Publisher } from './support/publisher.js'
import { type SeededLamp, seedLamps } from './support/sip-seed.js'
import { SipWorker } from './support/sip-worker.js'

/** P3, P4, P5, P9, P11: the SIP worker against Kamailio's presence server, in memory and writing through to PostgreSQL. */
const short = process.argv.includes('--short')
const PHONES = short ? 2000 : 20_000
const HELD = short ? 1000 : 10_000
/** So many that no phone is told five times a second, which is its pace (`PACE_MS` of packages/sip) and not what the worker can do. */
const CHANGED = 4000
const ROUNDS = short ? 1 : 3
const SECONDS = short ? 2 : 3
const OUTSTANDING = 100
const OUTSTANDING_CHANGES = 50
const FAN_OUT = { mailboxes: 600, devicesEach: 20, outstanding: 5 } as const
const PASSWORD = 'bench-password'
/** After this a finished transaction is forgotten: what is left is what a subscription weighs. */
const FORGOTTEN_MS = 40_000

type Contender = Pick<SipWorker | KamailioServer, 'name' | 'address' | 'pid'>
/** Changes a mailbox: its number for our worker, its name for the peer. */
type Change = (lamp: SeededLamp, count: number) => void

const installation = await BenchInstallation.create()
const place = await installation.tenant()
const databasePid = await serverPid(installation.database.pool)
const source = { url: installation.database.url, secret: BENCH_SECRET, originUuid: installation.originUuid }

/** Work done by some at a time until the time is up; how much a second. */
async function atRate(outstanding: number, work: (turn: number) => Promise<void>, seconds = SECONDS): Promise<number> {
  const startedAt = performance.now()
  const until = startedAt + seconds * 1000
  let [turn, done] = [0, 0]
  const worker = async () => {
    while (performance.now() < until) {
      await work(turn++)
      done++
    }
  }
  await Promise.all(Array.from({ length: outstanding }, worker))
  return (done * 1000) / (performance.now() - startedAt)
}

/** Does something with each, some at a time. */
async function withEach<T>(items: readonly T[], outstanding: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
  }
  await Promise.all(Array.from({ length: outstanding }, worker))
}

const median = (figures: readonly number[]) => quantile(figures, 0.5)

async function kamailio(storage: KamailioStorage, digest: boolean): Promise<KamailioServer> {
  const databaseUrl = await createKamailioDatabase(installation.database.url)
  return KamailioServer.start({ databaseUrl, storage, digest })
}

type Turn = { readonly name: string; readonly pid: number; readonly measure: () => Promise<number> }

/** The limit in the same turns: how many exchanges of two datagrams Node does when it does nothing else. */
function bareTurn(bare: BareUdp): Turn {
  return { name: bare.name, pid: bare.pid, measure: () => atRate(OUTSTANDING, () => bare.exchange()) }
}

function sayLimit(what: string, ours: number, exchanges: number, limit: number): void {
  const share = ((100 * ours * exchanges) / limit).toFixed(0)
  process.stdout.write(
    `${what}: ${exchanges} exchange(s) each; bare UDP does ${limit.toFixed(0)} a second: ${share} % of it\n`,
  )
}

/** Contenders take turns; the first round warms up. Says where the processor time of each went. */
async function inTurns(what: string, contenders: readonly Turn[]): Promise<number[]> {
  const figures = contenders.map((): number[] => [])
  const shares = contenders.map(({ pid }) => new CpuShare({ server: pid, database: databasePid }))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { measure }] of contenders.entries()) {
      if (round === 0) await measure()
      else figures[index]?.push((await shares[index]?.during(SECONDS, measure)) ?? 0)
    }
  }
  for (const [index, { name }] of contenders.entries())
    process.stdout.write(`${what}, ${name}: ${shares[index]?.words}\n`)
  return figures.map(median)
}

/** SUBSCRIBE, 200, NOTIFY, 200 by phones that bring their credentials along, or to a server that asks for none. */
async function subscribeRate(lamps: readonly SeededLamp[]): Promise<Result[]> {
  const worker = await SipWorker.start(source)
  const peers = { memory: await kamailio('memory', false), through: await kamailio('write-through', false) }
  const rate = async ({ name, address, pid }: Contender, learns: boolean) => {
    const swarm = await PhoneSwarm.open(address, PASSWORD)
    const phones = lamps.flatMap(({ devices }) => devices.map((name) => swarm.phone(name)))
    if (learns) await withEach(phones, OUTSTANDING, (phone) => swarm.learnChallenge(phone))
    let next = 0
    return { name, pid, measure: () => atRate(OUTSTANDING, () => swarm.subscribe(at(phones, next++))), swarm }
  }
  const runs = [await rate(worker, true), await rate(peers.memory, false), await rate(peers.through, false)]
  const bare = await BareUdp.start()
  const [ours = 0, memory = 0, through = 0, limit = 0] = await inTurns('SUBSCRIBE', [...runs, bareTurn(bare)])
  bare.stop()
  sayLimit('SUBSCRIBE', ours, 2, limit)
  for (const { swarm } of runs) swarm.close()
  await worker.stop()
  await peers.memory.stop()
  await peers.through.stop()
  return [
    { id: 'SUBSCRIBE, durable: Kamailio in memory (P3)', ours, reference: memory, goal: { atLeast: 1 } },
    { id: 'SUBSCRIBE, durable: Kamailio write-through (P3)', ours, reference: through, goal: { atLeast: 4 } },
  ]
}

/** SUBSCRIBE, 401, SUBSCRIBE, 200, NOTIFY, 200, and the same with Expires 0. */
async function cycleRate(lamps: readonly SeededLamp[]): Promise<Result[]> {
  const worker = await SipWorker.start(source)
  const peers = { memory: await kamailio('memory', true), through: await kamailio('write-through', true) }
  const rate = async ({ name, address, pid }: Contender) => {
    const swarm = await PhoneSwarm.open(address, PASSWORD)
    const phones = lamps.flatMap(({ devices }) => devices.map((name) => swarm.phone(name)))
    let next = 0
    const cycle = async () => {
      const phone = at(phones, next++)
      await swarm.subscribe(phone)
      await swarm.unsubscribe(phone)
    }
    return { name, pid, measure: () => atRate(OUTSTANDING, cycle), swarm }
  }
  const runs = [await rate(worker), await rate(peers.memory), await rate(peers.through)]
  const bare = await BareUdp.start()
  const [ours = 0, memory = 0, through = 0, limit = 0] = await inTurns('full digest cycle', [...runs, bareTurn(bare)])
  bare.stop()
  sayLimit('full digest cycle', ours, 6, limit)
  for (const { swarm } of runs) swarm.close()
  await worker.stop()
  await peers.memory.stop()
  await peers.through.stop()
  return [
    { id: 'full digest cycle, durable: Kamailio in memory (P4)', ours, reference: memory, goal: { atLeast: 1 } },
    { id: 'full digest cycle: Kamailio write-through', ours, reference: through, goal: { atLeast: 2 } },
  ]
}

type Shown = { readonly phones: readonly SwarmPhone[]; count: number; left: number; seen: () => void }

/** Changes mailboxes, some at a time, each again when all its phones show the change. */
async function changeRate(
  { name, address, pid }: Contender,
  lamps: readonly SeededLamp[],
  outstanding: number,
  change: Change,
): Promise<Turn & { swarm: PhoneSwarm }> {
  const swarm = await PhoneSwarm.open(address, PASSWORD)
  const places = new Map<SwarmPhone, Shown>()
  const shown = lamps.map((lamp): { lamp: SeededLamp; place: Shown } => {
    const phones = lamp.devices.map((name) => swarm.phone(name, isOurs(address) ? name : at(lamp.devices, 0)))
    const place = { phones, count: 0, left: 0, seen: () => {} }
    for (const phone of phones) places.set(phone, place)
    return { lamp, place }
  })
  await withEach([...places.keys()], OUTSTANDING, (phone) => swarm.subscribe(phone))
  swarm.onNotify = (phone) => {
    const place = places.get(phone)
    if (!place || phone.shown !== place.count) return
    place.left--
    if (place.left === 0) place.seen()
  }
  let next = 0
  const once = () => {
    const { lamp, place } = at(shown, next++)
    place.count++
    place.left = place.phones.length
    const all = new Promise<void>((resolve) => {
      place.seen = resolve
    })
    change(lamp, place.count)
    return all
  }
  return { name, pid, measure: () => atRate(outstanding, once), swarm }
}

let ourAddress: SipServerAddress | undefined
const isOurs = (address: SipServerAddress) => address === ourAddress

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('nothing was seeded')
  return item
}

async function notifyRate(
  what: string,
  lamps: readonly SeededLamp[],
  outstanding: number,
  goal: number,
): Promise<Result[]> {
  const worker = await SipWorker.start(source)
  ourAddress = worker.address
  const peers = { memory: await kamailio('memory', false), through: await kamailio('write-through', false) }
  const publishers = {
    memory: await Publisher.open(peers.memory.address),
    through: await Publisher.open(peers.through.address),
  }
  const publish =
    (publisher: Publisher): Change =>
    (lamp, count) =>
      publisher.change(at(lamp.devices, 0), count)
  const runs = [
    await changeRate(worker, lamps, outstanding, ({ mailbox }, count) => worker.change(mailbox, count)),
    await changeRate(peers.memory, lamps, outstanding, publish(publishers.memory)),
    await changeRate(peers.through, lamps, outstanding, publish(publishers.through)),
  ]
  const bare = await BareUdp.start()
  const [ours = 0, memory = 0, through = 0, limit = 0] = await inTurns(what, [...runs, bareTurn(bare)])
  bare.stop()
  sayLimit(what, ours, at(lamps, 0).devices.length, limit)
  for (const { swarm } of runs) swarm.close()
  for (const publisher of Object.values(publishers)) publisher.close()
  await worker.stop()
  await peers.memory.stop()
  await peers.through.stop()
  return [
    { id: `${what}: Kamailio in memory (P5)`, ours, reference: memory, goal: { atLeast: goal } },
    { id: `${what}: Kamailio write-through (P5)`, ours, reference: through, goal: { atLeast: 6 } },
  ]
}

/** What a held subscription weighs, and how long a restart takes to make half of the lamps right that changed meanwhile. */
async function heldSubscriptions(lamps: readonly SeededLamp[]): Promise<void> {
  const worker = await SipWorker.start(source)
  const swarm = await PhoneSwarm.open(worker.address, PASSWORD)
  const phones = lamps.map((lamp) => ({ lamp, phone: swarm.phone(at(lamp.devices, 0)) }))
  // A worker that just started weighs more than one at rest: the first fifth of the phones is there when it is weighed first.
  const first = phones.slice(0, phones.length / 5)
  const others = phones.slice(first.length)
  const weights: number[] = []
  for (const some of [first, others]) {
    await withEach(some, OUTSTANDING, ({ phone }) => swarm.subscribe(phone))
    await new Promise((resolve) => setTimeout(resolve, FORGOTTEN_MS))
    weights.push(await worker.weight())
  }
  const [before = 0, after = 0] = weights
  const bytes = (after - before) / others.length
  process.stdout.write(`memory of an idle subscription (P9, goal ≤ 8192): ${bytes.toFixed(0)} bytes\n`)
  await worker.kill()
  const wrong = phones.filter((_, index) => index % 2 === 0)
  const mailboxes = wrong.map(({ lamp }) => lamp.mailbox)
  await installation.database.pool.query(
    'UPDATE mailbox_summary SET new_count = 7, revision = revision + 1 WHERE mailbox_id = ANY ($1::int[])',
    [mailboxes],
  )
  const notifies = { total: 0, window: 0, most: 0 }
  const perTenth = setInterval(() => {
    notifies.most = Math.max(notifies.most, notifies.window)
    notifies.window = 0
  }, 100)
  const waiting = new Set(wrong.map(({ phone }) => phone))
  const right = new Promise<void>((resolve) => {
    swarm.onNotify = (phone) => {
      notifies.total++
      notifies.window++
      if (phone.shown === 7) waiting.delete(phone)
      if (waiting.size === 0) resolve()
    }
  })
  const startedAt = performance.now()
  const again = await SipWorker.start(source, worker.address.port)
  await Promise.race([right, new Promise((resolve) => setTimeout(resolve, 60_000))])
  const seconds = (performance.now() - startedAt) / 1000
  clearInterval(perTenth)
  process.stdout.write(
    `restart with ${phones.length} subscriptions, ${wrong.length} lamps wrong (P11, goal < 10 s): ${seconds.toFixed(2)} s, ` +
      `${waiting.size} still wrong, ${notifies.total} NOTIFYs, at most ${notifies.most} in a tenth of a second\n`,
  )
  swarm.close()
  await again.stop()
}

const chosen = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7)
const wanted = (part: string) => chosen === undefined || chosen === part
const results: Result[] = []
if (wanted('subscribe') || wanted('cycle')) {
  const lamps = await seedLamps(installation.database.pool, place, { series: 1, mailboxes: PHONES, devicesEach: 1 })
  if (wanted('subscribe')) results.push(...(await subscribeRate(lamps)))
  if (wanted('cycle')) results.push(...(await cycleRate(lamps)))
}
if (wanted('notify')) {
  const lamps = await seedLamps(installation.database.pool, place, { series: 2, mailboxes: CHANGED, devicesEach: 1 })
  results.push(...(await notifyRate('change → NOTIFY answered', lamps, OUTSTANDING_CHANGES, 0.8)))
}
if (wanted('fan-out')) {
  const lamps = await seedLamps(installation.database.pool, place, { series: 3, ...FAN_OUT })
  results.push(...(await notifyRate('one change to 20 phones', lamps, FAN_OUT.outstanding, 2)))
}
printResults('per s', results)
if (wanted('held')) {
  const lamps = await seedLamps(installation.database.pool, place, { series: 4, mailboxes: HELD, devicesEach: 1 })
  await heldSubscriptions(lamps)
}
await installation.stop()
