import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { getHeapSpaceStatistics } from 'node:v8'
import { deriveKeys } from '@lamplighter/access'
import { InProcessBus } from '@lamplighter/bus'
import { createMwid } from '@lamplighter/mwid'
import { createLogger } from '@lamplighter/runtime'
import { openDatabase, Store } from '@lamplighter/store'
import { UNPACED } from './unpaced.js'

/**
 * The SIP worker in a process of its own, and in it whoever commits changes: a datagram to its control port names
 * mailboxes and their new counts, `id:count,id:count`; they are committed, many in one statement, then announced on
 * the bus. Told over IPC to say what it weighs.
 */
const [databaseUrl = '', secret = '', originUuid = '', sipPort = '0'] = process.argv.slice(2)
const log = createLogger('error')
const database = openDatabase(databaseUrl, { connections: 8 })
const bus = new InProcessBus(log)
const settings = { host: '127.0.0.1', port: Number(sipPort), accessCodes: ['*97'], notifyRates: UNPACED }
const { nonceKey, peerSecretKey } = deriveKeys(secret)
const mwid = createMwid({
  database,
  store: new Store(database, originUuid, () => {}),
  bus,
  nonceKey,
  peerSecretKey,
  realm: 'bench',
  originUuid,
  settings,
  log,
})

const CHANGE = `
  UPDATE mailbox_summary s SET new_count = c.count, revision = s.revision + 1
  FROM (SELECT unnest($1::int[]) AS id, unnest($2::int[]) AS count) c WHERE s.mailbox_id = c.id`

let waiting = new Map<number, number>()
let committing = false

async function commit(): Promise<void> {
  if (committing) return
  committing = true
  while (waiting.size > 0) {
    const batch = waiting
    waiting = new Map()
    const ids = [...batch.keys()]
    await database.pool.query({ name: 'bench.change', text: CHANGE, values: [ids, [...batch.values()]] })
    await bus.publish(ids.map(announcement))
  }
  committing = false
}

function announcement(mailbox: number) {
  const name = 'global_voicemail_mwi_updated'
  const headers = { name, origin_uuid: originUuid, required_acl: 'events.bench' }
  return {
    eventId: randomUUID(),
    name,
    routingKey: 'bench',
    headers,
    body: JSON.stringify({ ...headers, data: { voicemail_id: mailbox } }),
  }
}

/** What is resident, without the young generation: a burst leaves that large, whatever is held, until it is taken back. */
async function weight(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    ;(globalThis as { gc?: () => void }).gc?.()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const young = getHeapSpaceStatistics().filter(({ space_name }) => space_name.startsWith('new_'))
  return young.reduce((left, { physical_space_size }) => left - physical_space_size, process.memoryUsage().rss)
}

const control = createSocket('udp4')
control.on('message', (bytes) => {
  for (const change of bytes.toString('latin1').split(',')) {
    const [id = 0, count = 0] = change.split(':').map(Number)
    waiting.set(id, count)
  }
  void commit()
})
await new Promise<void>((resolve) => control.bind(0, '127.0.0.1', resolve))
control.setRecvBufferSize(8 * 1024 * 1024)
await bus.start()
await mwid.start()
process.on('message', async () => process.send?.({ weight: await weight() }))
process.on('disconnect', () => process.exit(0))
process.send?.({ port: mwid.ports?.UDP, control: control.address().port })
