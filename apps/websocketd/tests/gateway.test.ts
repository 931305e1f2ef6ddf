import { randomUUID } from 'node:crypto'
import { deriveKeys, TokenIssuer, TokenVerifier } from '@lamplighter/access'
import { InProcessBus, type OutgoingMessage } from '@lamplighter/bus'
import type { Purpose, SessionId, SessionRecord, TenantId, UserId } from '@lamplighter/domain'
import { createHttpServer, listen } from '@lamplighter/http'
import { createLogger } from '@lamplighter/runtime'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { createWebsocketd } from '../src/index.js'

const log = createLogger('silent')
const { tokenKey } = deriveKeys('a secret for tests, long enough to be one')
const ORIGIN = randomUUID()
const tenant = randomUUID() as TenantId

type Frame = { op: string; code: number; data: unknown }

/** A client that keeps every frame as it came, and how it ended. */
class RawClient {
  readonly frames: string[] = []
  closed: { code: number; reason: string } | undefined
  readonly #socket: WebSocket

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#socket = new WebSocket(url, { headers })
    this.#socket.on('message', (data) => this.frames.push(data.toString()))
    this.#socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
    })
    this.#socket.on('error', () => {})
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame))
  }

  async frame(index: number): Promise<string> {
    return waitFor(() => this.frames[index], { what: `frame ${index}, closed: ${JSON.stringify(this.closed)}` })
  }

  async end(): Promise<{ code: number; reason: string }> {
    return waitFor(() => this.closed, { what: 'the close' })
  }

  leave(): void {
    this.#socket.terminate()
  }
}

describe('websocketd', () => {
  const sessions = new Map<SessionId, SessionRecord>()
  const bus = new InProcessBus(log)
  const server = createHttpServer(log)
  let failing = false
  const source = {
    findSession: async (id: SessionId) => {
      if (failing) throw new Error('the store does not answer')
      return sessions.get(id)
    },
  }
  const verifier = new TokenVerifier(tokenKey, source, { ttlMs: 1 })
  const websocketd = createWebsocketd({ bus, verifier, originUuid: ORIGIN, log })
  let base: string

  beforeAll(async () => {
    await bus.start()
    websocketd.mount(server)
    base = (await listen(server, { host: '127.0.0.1', port: 0 })).replace('http', 'ws')
    await websocketd.start()
  })
  afterAll(async () => {
    await websocketd.stop()
    await server.close()
    await bus.stop()
  })

  type Who = {
    acl?: string[]
    admin?: boolean
    master?: boolean
    purpose?: Purpose
    tenantId?: TenantId
    userId?: UserId
    expiresInMs?: number
  }

  function login(who: Who = {}): { token: string; userId: UserId; sessionId: SessionId } {
    const sessionId = randomUUID() as SessionId
    const userId = who.userId ?? (randomUUID() as UserId)
    const record: SessionRecord = {
      sessionId,
      userId,
      username: null,
      tenantId: who.tenantId ?? tenant,
      tenantIsMaster: who.master ?? false,
      purpose: who.purpose ?? 'user',
      admin: who.admin ?? false,
      acl: who.acl ?? ['websocketd', 'events.#'],
      mobile: false,
      userAgent: '',
      remoteAddr: '',
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + (who.expiresInMs ?? 3_600_000)),
    }
    sessions.set(sessionId, record)
    return { token: new TokenIssuer(tokenKey).issue(record), userId, sessionId }
  }

  const open = (token: string, query = '&version=2', path = '/api/websocketd/') =>
    new RawClient(`${base}${path}?token=${token}${query}`)

  async function started(
    who: Who = {},
    names = ['*'],
    query = '&version=2',
  ): Promise<RawClient & { token: string; userId: UserId; sessionId: SessionId }> {
    const identity = login(who)
    const client = open(identity.token, query)
    await client.frame(0)
    for (const event_name of names) client.send({ op: 'subscribe', data: { event_name } })
    client.send({ op: 'start' })
    await client.frame(names.length + 1)
    client.frames.length = 0
    return Object.assign(client, identity)
  }

  function event(headers: OutgoingMessage['headers'], name = 'thing_happened', body?: string): OutgoingMessage {
    const all = { name, origin_uuid: ORIGIN, required_acl: 'events.thing', tenant_uuid: tenant, ...headers }
    return {
      eventId: randomUUID(),
      name,
      routingKey: 'x',
      headers: all,
      body: body ?? JSON.stringify({ ...all, data: { é: 1 } }),
    }
  }

  /** Publishes, then an event everybody here may see: when it came, everything before it has come. */
  async function publishAndSettle(clients: readonly RawClient[], ...events: OutgoingMessage[]): Promise<string[][]> {
    const mark = randomUUID()
    await bus.publish([...events, event({ 'user_uuid:*': true, required_acl: null }, mark)])
    for (const client of clients) await waitFor(() => client.frames.at(-1)?.includes(mark), { what: 'the marker' })
    return clients.map(({ frames }) => frames.splice(0).slice(0, -1))
  }

  describe('admission', () => {
    it.each([
      ['no token', () => new RawClient(`${base}/api/websocketd/?version=2`), 4001, 'no token'],
      ['an unknown token', () => open('x'), 4002, 'authentication failed'],
      [
        'a token without access to the gateway',
        () => open(login({ acl: ['events.#'] }).token),
        4002,
        'authentication failed',
      ],
      ['an expired token', () => open(login({ expiresInMs: -1000 }).token), 4002, 'authentication failed'],
      ['version 3', () => open(login().token, '&version=3'), 4004, ''],
      ['version undefined', () => open(login().token, '&version=undefined'), 1011, ''],
      ['version 3 even without a token', () => new RawClient(`${base}/api/websocketd/?version=3`), 4004, ''],
    ])('answers the upgrade and then closes for %s', async (_name, connect, code, reason) => {
      expect(await connect().end()).toEqual({ code, reason })
    })

    it('asks to come later when tokens cannot be checked', async () => {
      const { token } = login()
      failing = true
      expect(await open(token).end()).toMatchObject({ code: 1013 })
      failing = false
    })

    it('takes the token from the header too, any path below its own, and version 1 by default', async () => {
      const { token } = login()
      const byHeader = new RawClient(`${base}/api/websocketd?userUuid=x`, { 'x-auth-token': token })
      expect(await byHeader.frame(0)).toBe('{"op":"init","code":0,"data":{"version":1}}')
      const deep = open(token, '&version=2', '/api/websocketd/any/where')
      expect(await deep.frame(0)).toBe('{"op":"init","code":0,"data":{"version":2}}')
      for (const client of [byHeader, deep]) client.leave()
    })
  })

  describe('frames of version 2', () => {
    it('are answered in order, also when pipelined and repeated', async () => {
      const client = open(login().token)
      await client.frame(0)
      client.send({ op: 'subscribe', data: { event_name: '' }, extra: 1 })
      client.send({ op: 'ping', data: { payload: 'p' } })
      client.send({ op: 'start', data: 'ignored' })
      client.send({ op: 'start' })
      await client.frame(4)
      expect(client.frames.slice(1)).toEqual([
        '{"op":"subscribe","code":0,"data":null}',
        '{"op":"pong","code":0,"data":{"payload":"p"}}',
        '{"op":"start","code":0,"data":null}',
        '{"op":"start","code":0,"data":null}',
      ])
      client.leave()
    })

    it.each([
      ['not JSON', 'x'],
      ['an array', '[]'],
      ['no op', '{}'],
      ['an unknown op', '{"op":"presence"}'],
      ['unsubscribe', '{"op":"unsubscribe","data":{"event_name":"x"}}'],
      ['subscribe without data', '{"op":"subscribe"}'],
      ['a list of names', '{"op":"subscribe","data":{"event_name":["x"]}}'],
      ['a number as payload', '{"op":"ping","data":{"payload":1}}'],
      ['a binary frame', Buffer.from('{"op":"start"}')],
    ])('close with 4004 for %s', async (_name, frame) => {
      const client = open(login().token)
      await client.frame(0)
      client.send(frame)
      expect(await client.end()).toEqual({ code: 4004, reason: '' })
    })

    it('close with 1009 over a megabyte', async () => {
      const client = open(login().token)
      await client.frame(0)
      client.send('x'.repeat(1024 * 1024 + 1))
      expect((await client.end()).code).toBe(1009)
    })

    it('carry an event around the body as it came', async () => {
      const client = await started()
      const body = '{ "data" : {"é":1},"name":"thing_happened" }'
      const [frames] = await publishAndSettle([client], event({ 'user_uuid:*': true }, 'thing_happened', body))
      expect(frames).toEqual([`{"op":"event","code":0,"data":${body}}`])
      client.leave()
    })
  })

  it('version 1 is silent after start and sends the raw body', async () => {
    const client = await started({}, ['*'], '&version=1')
    client.send({ op: 'subscribe', data: { event_name: 'x' } })
    client.send({ op: 'ping', data: { payload: 'p' } })
    const [frames] = await publishAndSettle([client], event({ 'user_uuid:*': true }, 'n', '{"name":"n","data":1}'))
    expect(frames).toEqual(['{"name":"n","data":1}'])
    client.leave()
  })

  it('drops what comes before start, and delivers once what two subscriptions select', async () => {
    const { token } = login()
    const client = open(token)
    await client.frame(0)
    client.send({ op: 'subscribe', data: { event_name: '*' } })
    client.send({ op: 'subscribe', data: { event_name: 'thing_happened' } })
    await client.frame(2)
    await bus.publish([event({ 'user_uuid:*': true })])
    const watcher = await started()
    await publishAndSettle([watcher])
    client.send({ op: 'start' })
    await client.frame(3)
    client.frames.length = 0
    const [frames] = await publishAndSettle([client], event({ 'user_uuid:*': true }))
    expect(frames).toHaveLength(1)
    for (const one of [client, watcher]) one.leave()
  })

  it('hands an event to its tenant, its user, its admins and the master tenant, under their ACL', async () => {
    const [anna, bruno, admin, service, master, narrow, foreign] = await Promise.all([
      started(),
      started(),
      started({ admin: true }),
      started({ purpose: 'external_api' }),
      started({ master: true, tenantId: randomUUID() as TenantId }),
      started({ acl: ['websocketd', 'events.#', '!events.thing'] }),
      started({ tenantId: randomUUID() as TenantId }),
    ])
    const all = [anna, bruno, admin, service, master, narrow]
    const names = async (...events: OutgoingMessage[]) =>
      (await publishAndSettle(all, ...events)).map((frames) =>
        frames.map((text) => ((JSON.parse(text) as Frame).data as { name: string }).name).join(),
      )
    expect(await names(event({ 'user_uuid:*': true }, 'T'))).toEqual(['T', 'T', 'T', 'T', 'T', ''])
    expect(await names(event({ [`user_uuid:${anna.userId}`]: true }, 'U'))).toEqual(['U', '', 'U', 'U', 'U', ''])
    expect(await names(event({ [`user_uuid:${anna.userId}`]: 'true' }, 'untyped'))).toEqual([
      '',
      '',
      'untyped',
      'untyped',
      'untyped',
      '',
    ])
    expect(await names(event({ tenant_uuid: null }, 'S'))).toEqual(['', '', '', '', 'S', ''])
    expect(await names(event({ 'user_uuid:*': true, required_acl: null }, 'open'))).toEqual([
      'open',
      'open',
      'open',
      'open',
      'open',
      'open',
    ])
    expect(await names(event({ 'user_uuid:*': true, required_acl: 'events.other' }, 'O'))).toEqual([
      'O',
      'O',
      'O',
      'O',
      'O',
      'O',
    ])
    expect(await names(event({ 'user_uuid:*': true, origin_uuid: randomUUID() }, 'elsewhere'))).toEqual([
      '',
      '',
      '',
      '',
      '',
      '',
    ])
    expect(foreign.frames).toEqual([])
    for (const client of [...all, foreign]) client.leave()
  })

  it('drops bodies that are no events', async () => {
    const client = await started()
    const broken = ['', 'x', '[]', 'null'].map((body) => event({ 'user_uuid:*': true }, 'n', body))
    expect(await publishAndSettle([client], ...broken)).toEqual([[]])
    client.leave()
  })

  it('goes on with a new token of the same user, and ends for another user’s', async () => {
    const client = await started({ acl: ['websocketd'] })
    const renewed = login({ userId: client.userId })
    client.send({ op: 'token', data: { token: renewed.token } })
    expect(await client.frame(0)).toBe('{"op":"token","code":0,"data":null}')
    client.frames.length = 0
    expect((await publishAndSettle([client], event({ 'user_uuid:*': true })))[0]).toHaveLength(1)
    client.send({ op: 'token', data: { token: login().token } })
    expect(await client.end()).toEqual({ code: 4002, reason: 'authentication failed' })
  })

  it('ends with the token', async () => {
    const client = await started({ expiresInMs: 1200 })
    expect(await client.end()).toEqual({ code: 4003, reason: 'authentication expired' })
  })

  it('bus.md 6.3 no. 14 [B]: ends as soon as its session does, not another one of the same user', async () => {
    const ended = await started()
    const other = await started({ userId: ended.userId })
    await bus.publish([event({ 'user_uuid:*': true, session_uuid: ended.sessionId }, 'auth_session_deleted')])
    expect(await ended.end()).toEqual({ code: 4003, reason: 'authentication expired' })
    expect(await other.frame(0)).toContain('auth_session_deleted')
    expect(other.closed).toBeUndefined()
  })

  it('tells everybody when it stops', async () => {
    const own = new InProcessBus(log)
    await own.start()
    const service = createWebsocketd({ bus: own, verifier, originUuid: ORIGIN, log })
    const other = createHttpServer(log)
    service.mount(other)
    const address = (await listen(other, { host: '127.0.0.1', port: 0 })).replace('http', 'ws')
    await service.start()
    const client = new RawClient(`${address}/api/websocketd/?version=2&token=${login().token}`)
    await client.frame(0)
    await service.stop()
    expect((await client.end()).code).toBe(1001)
    await other.close()
    await own.stop()
  })
})
