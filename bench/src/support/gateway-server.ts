import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deriveKeys, TokenIssuer, TokenVerifier } from '@lamplighter/access'
import { InProcessBus } from '@lamplighter/bus'
import type { SessionId, SessionRecord, TenantId, UserId } from '@lamplighter/domain'
import { createHttpServer, listen, RateLimits } from '@lamplighter/http'
import { createLogger } from '@lamplighter/runtime'
import { openDatabase, Store } from '@lamplighter/store'
import { createWebsocketd } from '@lamplighter/websocketd'
import { WebSocketServer } from 'ws'

/**
 * A gateway in a process of its own, so that its memory and its time are its own: `ours`, or bare `ws` that sends the
 * same bytes to everybody. Told over IPC to send a number of events, or to say what it weighs.
 */
const [kind, databaseUrl = '', secret = ''] = process.argv.slice(2)
const log = createLogger('error')
const origin = randomUUID()
const tenant = randomUUID() as TenantId

/** What an ordinary user may do, roughly as many patterns as the default policy has. */
const ACL = [
  'websocketd',
  ...Array.from({ length: 18 }, (_, index) => `calld.users.me.thing${index}.#`),
  'events.users.me.#',
  'events.voicemails.#',
]

const headers = {
  tenant_uuid: tenant,
  'user_uuid:*': true,
  name: 'global_voicemail_mwi_updated',
  required_access: 'event.global_voicemail_mwi_updated',
  required_acl: 'events.voicemails.global.mwi.updated',
  origin_uuid: origin,
}
/** Makes frames of 428 bytes. */
const body = JSON.stringify({ ...headers, data: { voicemail_id: 7, new: 1, text: 'x'.repeat(27) } })
const frame = Buffer.from(`{"op":"event","code":0,"data":${body}}`)

type Served = { readonly url: string; readonly send: (events: number) => Promise<void> }

async function serveOurs(): Promise<Served> {
  const { tokenKey } = deriveKeys(secret)
  const bus = new InProcessBus(log)
  const findSession = async (sessionId: SessionId) => session(sessionId)
  const verifier = new TokenVerifier(tokenKey, { findSession })
  const store = new Store(openDatabase(databaseUrl, { connections: 2 }), origin, () => {})
  const findSessions = async (ids: readonly SessionId[]) => ids.map(session)
  const access = {
    verifier,
    covers: async () => false,
    fingerprintKey: Buffer.alloc(32),
    rateLimits: new RateLimits({}),
  }
  const websocketd = createWebsocketd({
    bus,
    store: { replay: store.replay, tickets: store.tickets, accounts: { findSessions } },
    access,
    verifier,
    issuer: new TokenIssuer(tokenKey),
    originUuid: origin,
    retentionHours: 1,
    log,
    // Only the load is to be measured.
    settings: { pingIntervalMs: 3_600_000, recheckIntervalMs: 3_600_000, pollIntervalMs: 3_600_000 },
  })
  const server = createHttpServer(log)
  await bus.start()
  websocketd.mount(server)
  const url = await listen(server, { host: '127.0.0.1', port: 0 })
  await websocketd.start()
  const message = { name: headers.name, routingKey: 'x', headers, body }
  const send = (events: number) =>
    bus.publish(Array.from({ length: events }, () => ({ ...message, eventId: randomUUID() })))
  return { url, send }
}

/** Every session is of a user of its own. */
function session(sessionId: SessionId): SessionRecord {
  return {
    sessionId,
    userId: sessionId as string as UserId,
    username: null,
    tenantId: tenant,
    tenantIsMaster: false,
    purpose: 'user',
    admin: false,
    acl: ACL,
    mobile: false,
    userAgent: '',
    remoteAddr: '',
    createdAt: new Date(0),
    expiresAt: new Date(Date.now() + 3_600_000),
  }
}

async function serveBare(): Promise<Served> {
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (socket) => {
    socket.send('{"op":"init","code":0,"data":{"version":2}}')
    socket.on('message', (text) => socket.send(`{"op":"${JSON.parse(text.toString()).op}","code":0,"data":null}`))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const send = async (events: number) => {
    for (let event = 0; event < events; event++) {
      for (const socket of sockets.clients) socket.send(frame, { binary: false })
    }
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, send }
}

/** Resident memory in bytes, once what is not needed was given back. */
async function weight(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    ;(globalThis as { gc?: () => void }).gc?.()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return process.memoryUsage().rss
}

const served = kind === 'ours' ? await serveOurs() : await serveBare()
process.on('message', async (asked: { send?: number }) => {
  if (asked.send !== undefined) await served.send(asked.send)
  else process.send?.({ weight: await weight() })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ url: served.url, frameBytes: frame.length })
