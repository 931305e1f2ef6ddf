import { printResults, quantile, type Result } from './support/figures.js'
import { fileLimit } from './support/file-limit.js'
import {
  type Contender,
  type Measured,
  NchanContender,
  NodeContender,
  STALLED_SECONDS,
} from './support/gateway-contender.js'
import { BenchInstallation } from './support/installation.js'
import { NchanServer } from './support/nchan-server.js'

/**
 * P8, F3 to F5: one event to every socket of a tenant, and what a socket weighs, against bare `ws` with the same bytes and
 * against nchan where it is installed.
 */
const SIZES = (process.env['BENCH_SOCKETS'] ?? '1000,10000').split(',').map(Number)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
/** What `gateway-server.ts` sends, with the head of the frame. */
const FRAME_BYTES = 432

const installation = await BenchInstallation.create()
await installation.tenant()
const [deliveries, weights, opened, latencies, stalls]: Result[][] = [[], [], [], [], []]
const notes: string[] = []
if (!NchanServer.isInstalled) notes.push('nchan: skipped, it is not installed (nginx-light, libnginx-mod-nchan)')
/** What a process needs besides its sockets. */
const OTHER_FILES = 1000
const most = fileLimit(65_536) - OTHER_FILES

/** One after the other where the files do not suffice for the clients of all at once, else in turn. */
async function run(contenders: readonly Contender[], sockets: number, then: (contender: Contender) => Promise<void>) {
  const together = sockets * contenders.length <= most ? [contenders] : contenders.map((one) => [one])
  for (const some of together) {
    for (const contender of some) await contender.open()
    for (let round = 0; round < ROUNDS; round++) {
      for (const contender of some) await contender.measure()
      for (const contender of some) await contender.time()
    }
    for (const contender of some) await then(contender)
    for (const contender of some) await contender.close()
  }
}

for (const sockets of SIZES) {
  if (sockets > most) {
    notes.push(`${sockets} sockets: skipped, the limit of open files cannot be raised`)
    continue
  }
  const ours = new NodeContender('ours', installation.database.url, sockets)
  const bare = new NodeContender('bare', installation.database.url, sockets)
  const nchan = NchanServer.isInstalled ? new NchanContender(sockets, FRAME_BYTES) : undefined
  const contenders: readonly Contender[] = [ours, bare, ...(nchan ? [nchan] : [])]
  let stalling: Awaited<ReturnType<Contender['measureStalled']>> | undefined
  await run(contenders, sockets, async (contender) => {
    if (contender === ours) stalling = await ours.measureStalled()
  })
  const rate = ({ perSecond }: Measured) => quantile(perSecond, 0.5)
  const weight = ({ bytesPerSocket }: Measured) => bytesPerSocket / 1024
  const compare = (
    id: string,
    { measured }: Contender,
    value: (one: Measured) => number,
    goal: Result['goal'],
  ): Result => ({
    id: `${id}, ${sockets} sockets`,
    ours: value(ours.measured),
    reference: value(measured),
    goal,
  })
  deliveries?.push(compare('one event to all (P8)', bare, rate, { atLeast: 0.7 }))
  weights?.push(compare('memory of a socket (P8)', bare, weight, { atMost: 1.5 }))
  if (nchan) {
    deliveries?.push(compare('one event to all, against nchan (F3, F4)', nchan, rate, { atLeast: 0.5 }))
    weights?.push(compare('memory of a socket, against nchan (P8, F5)', nchan, weight, { atMost: 1 }))
  }
  opened?.push(compare('opened, checked, subscribed, started', bare, (one) => one.openedPerSecond, { atLeast: 0.3 }))
  for (const share of [0.5, 0.99]) {
    const goal = { atMost: share === 0.5 ? 1.5 : 2 }
    latencies?.push(compare(`one event to each socket, p${share * 100}`, bare, ({ ms }) => quantile(ms, share), goal))
  }
  if (!stalling) throw new Error('nobody stalled')
  const { perSecond, grownBytes, stalled } = stalling
  stalls?.push({
    id: `${stalled} of ${sockets} never read: the others, against all reading (F8)`,
    ours: perSecond,
    reference: rate(ours.measured),
    goal: { atLeast: 0.9 },
  })
  notes.push(
    `${stalled} that never read for ${STALLED_SECONDS} s: ${(grownBytes / 1024 / 1024).toFixed(1)} MB (goal: 50)`,
  )
}
printResults('deliveries/s', deliveries ?? [])
printResults('ms', latencies ?? [])
printResults('KB', weights ?? [])
printResults('sockets/s', opened ?? [])
printResults('deliveries/s', stalls ?? [])
process.stdout.write(`${notes.join('\n')}\n`)
await installation.stop()
