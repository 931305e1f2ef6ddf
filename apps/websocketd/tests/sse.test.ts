import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { TenantId } from '@lamplighter/domain'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { range, StreamReader, TestGateway } from './support.js'

type Page = { items: { cursor: string; event_id: string; event: { name: string; data: { id: number } } }[] }
type PageAnswer = Page & { cursor: string; more: boolean; error_id?: string; details?: { oldest: string } }

describe('GET /api/events', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start({ pingIntervalMs: 100, socketsPerUser: 4, lingerMs: 300 })
  })
  afterAll(() => gateway.stop())

  async function page(token: string, query = ''): Promise<PageAnswer & { status: number }> {
    const url = `${gateway.base}/api/events${query}`
    const response = await fetch(url, { headers: { 'x-auth-token': token, accept: 'application/json' } })
    return { status: response.status, ...((await response.json()) as PageAnswer) }
  }

  async function follow(token: string, headers: Record<string, string> = {}, query = '') {
    const reader = new StreamReader()
    const response = await reader.open(`${gateway.base}/api/events${query}`, { 'x-auth-token': token, ...headers })
    return Object.assign(reader, { response })
  }

  describe('as pages', () => {
    it('gives what came after a cursor, in order, and where to go on', async () => {
      const { token } = gateway.login()
      const { cursor } = await page(token, '?limit=1000')
      await gateway.say(...gateway.numbered(1, 25))
      const seen: number[] = []
      let answer = await page(token, `?after=${cursor}&limit=10`)
      for (; answer.more; answer = await page(token, `?after=${answer.cursor}&limit=10`))
        seen.push(...answer.items.map(({ event }) => event.data.id))
      seen.push(...answer.items.map(({ event }) => event.data.id))
      expect(seen).toEqual(range(1, 25))
      expect(await page(token, `?after=${answer.cursor}`)).toMatchObject({ items: [], more: false })
    })

    it('shows the body, the cursor and the id that the socket shows', async () => {
      const socket = await gateway.started({}, ['*'], 'version=3')
      const { cursor } = await page(socket.token, '?limit=1000')
      await gateway.say(...gateway.numbered(7, 7))
      const frame = await socket.read(0)
      const { items } = await page(socket.token, `?after=${cursor}`)
      expect(items).toEqual([{ cursor: frame.cursor, event_id: frame.event_id, event: frame.data }])
      socket.leave()
    })

    it('is filtered by names, tenant, user and ACL; what is left out does not stop the paging', async () => {
      const anna = gateway.login()
      const bruno = gateway.login()
      const { cursor } = await page(anna.token, '?limit=1000')
      const other = randomUUID() as TenantId
      await gateway.say(...gateway.numbered(1, 2), ...gateway.numbered(8, 9, other), gateway.forUser(anna.userId))
      const names = async (token: string, query = '') =>
        (await page(token, `?after=${cursor}${query}`)).items.map(({ event }) => event.name)
      expect(await names(anna.token)).toEqual(['voicemail_created', 'voicemail_created', 'user_voicemail_associated'])
      expect(await names(bruno.token)).toEqual(['voicemail_created', 'voicemail_created'])
      expect(await names(anna.token, '&name=user_*')).toEqual(['user_voicemail_associated'])
      expect(await names(anna.token, '&name=user_*,voicemail_created')).toHaveLength(3)
      expect(await names(gateway.login({ acl: ['websocketd'] }).token)).toEqual([])
      expect(await names(gateway.login({ tenantId: other }).token)).toHaveLength(2)
      const blind = await page(gateway.login({ acl: ['websocketd'] }).token, `?after=${cursor}&limit=2`)
      expect(blind).toMatchObject({ items: [], more: true })
    })

    it('refuses what is no cursor, no event name or no access, and says what is gone', async () => {
      const { token } = gateway.login()
      expect(await page(token, '?after=nonsense')).toMatchObject({ status: 400, error_id: 'invalid-data' })
      expect(await page(token, '?name=nothing_*')).toMatchObject({ status: 400, error_id: 'invalid-data' })
      expect(await page(token, '?limit=0')).toMatchObject({ status: 400, error_id: 'invalid-data' })
      expect(await page('')).toMatchObject({ status: 401 })
      expect(await page(gateway.login({ acl: ['events.#'] }).token)).toMatchObject({ status: 401 })
      const foreign = Buffer.from('00000000.1').toString('base64url')
      const gone = await page(token, `?after=${foreign}`)
      expect(gone).toMatchObject({ status: 410, error_id: 'events-gone' })
      expect((await page(token, `?after=${gone.details?.oldest}&limit=1000`)).status).toBe(200)
    })
  })

  describe('as a stream', () => {
    it('says where it is, then what happens, each with its cursor as id', async () => {
      const reader = await follow(gateway.login().token)
      expect(reader.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(reader.response.headers.get('cache-control')).toBe('no-store')
      await waitFor(() => reader.events.length === 1, { what: 'init' })
      expect(reader.events[0]).toEqual({ event: 'init', data: expect.stringContaining('"retention_s":7200') })
      await waitFor(() => reader.comments.length > 0, { what: 'a sign of life' })
      await gateway.say(...gateway.numbered(1, 3))
      await waitFor(() => reader.numbers.length === 3, { what: 'events' })
      expect(reader.numbers).toEqual([1, 2, 3])
      expect(new Set(reader.events.map(({ id }) => id)).size).toBe(4)
      reader.leave()
    })

    it('says the retention of the tenant where it has one', async () => {
      const tenantId = await gateway.addTenant(1)
      const reader = await follow(gateway.login({ tenantId }).token)
      await waitFor(() => reader.events.length === 1, { what: 'init' })
      expect(reader.events[0]?.data).toContain('"retention_s":3600')
      reader.leave()
    })

    it('goes on after Last-Event-ID, which wins over the query, without missing or repeating', async () => {
      const { token } = gateway.login()
      const { cursor } = await page(token, '?limit=1000')
      await gateway.say(...gateway.numbered(1, 450))
      const first = await follow(token, {}, `?after=${cursor}`)
      await waitFor(() => first.numbers.length === 450, { what: 'the past' })
      const last = first.events.find(({ data }) => data.includes('"id":400}'))?.id ?? ''
      first.leave()
      const second = await follow(token, { 'last-event-id': last }, `?after=${cursor}`)
      await waitFor(() => second.numbers.length === 50, { what: 'the rest' })
      await gateway.say(...gateway.numbered(451, 452))
      await waitFor(() => second.numbers.length === 52, { what: 'the present' })
      expect(second.numbers).toEqual(range(401, 452))
      second.leave()
    })

    it('says a gap, and then the present', async () => {
      const foreign = Buffer.from('00000000.1').toString('base64url')
      const reader = await follow(gateway.login().token, { 'last-event-id': foreign })
      await waitFor(() => reader.events.length === 2, { what: 'the gap' })
      expect(reader.events[1]).toMatchObject({ event: 'gap', data: expect.stringContaining('"reason":"gone"') })
      await gateway.say(...gateway.numbered(1, 1))
      await waitFor(() => reader.numbers.length === 1, { what: 'the present' })
      reader.leave()
    })

    it('ends with its session', async () => {
      const expiring = await follow(gateway.login({ expiresInMs: 900 }).token)
      const revoked = gateway.login()
      const reader = await follow(revoked.token)
      const name = 'auth_session_deleted'
      const body = JSON.stringify({ name, data: { uuid: revoked.sessionId } })
      await gateway.bus.publish([gateway.foreign({}, name, body)])
      await waitFor(() => reader.ended, { what: 'the end of the revoked', timeoutMs: 1000 })
      await waitFor(() => expiring.ended, { what: 'the end of the expired' })
    })

    it('counts among the sockets of its user', async () => {
      const { token } = gateway.login()
      const readers = await Promise.all(range(1, 4).map(() => follow(token)))
      const refused = await follow(token)
      expect(refused.response.status).toBe(429)
      expect((await gateway.open(token).end()).code).toBe(4029)
      for (const reader of readers) reader.leave()
      await waitFor(async () => (await follow(token)).response.status === 200, { what: 'room' })
    })

    it('ends for a client that does not read', async () => {
      const { token } = gateway.login()
      const abort = new AbortController()
      const response = await fetch(`${gateway.base}/api/events`, {
        headers: { 'x-auth-token': token, accept: 'text/event-stream' },
        signal: abort.signal,
      })
      const body = JSON.stringify({ name: 'thing_happened', data: 'x'.repeat(200_000) })
      // Each far below what may wait for a client: the watcher, who reads, must not be taken for slow.
      const watcher = await gateway.started()
      for (const _round of range(1, 150))
        await gateway.publishAndSettle([watcher], gateway.foreign({ 'user_uuid:*': true }, 'thing_happened', body))
      const read = async () => {
        let bytes = 0
        for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length
        return bytes
      }
      const bytes = await read().catch(() => -1)
      expect(bytes).toBeLessThan(29_000_000)
      watcher.leave()
    }, 60_000)

    it('hangs up on a client that does not read, soon after its session ended', async () => {
      const { token, sessionId } = gateway.login()
      const sockets: Socket[] = []
      const keep = (socket: Socket) => sockets.push(socket)
      gateway.server.server.on('connection', keep)
      const client = connect(Number(new URL(gateway.base).port), '127.0.0.1')
      client.pause()
      client.write(`GET /api/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nX-Auth-Token: ${token}\r\n\r\n`)
      await waitFor(() => sockets.length === 1, { what: 'the connection' })
      gateway.server.server.off('connection', keep)
      const [socket] = sockets
      const watcher = await gateway.started()
      const body = JSON.stringify({ name: 'thing_happened', data: 'x'.repeat(200_000) })
      while (socket?.writableLength === 0)
        await gateway.publishAndSettle([watcher], gateway.foreign({ 'user_uuid:*': true }, 'thing_happened', body))
      watcher.leave()
      const ended = JSON.stringify({ name: 'auth_session_deleted', data: { uuid: sessionId } })
      await gateway.bus.publish([gateway.foreign({}, 'auth_session_deleted', ended)])
      await waitFor(() => socket?.destroyed === true, { what: 'the end of the connection', timeoutMs: 5000 })
      client.destroy()
    }, 60_000)
  })
})
