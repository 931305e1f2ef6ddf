import { randomUUID } from 'node:crypto'
import type { TenantId } from '@lamplighter/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient, TestGateway } from './support.js'

describe('protocols 1 and 2 of the gateway', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start()
  })
  afterAll(() => gateway.stop())

  describe('bus.md 3.1, connection', () => {
    it('[ran] any path below its own, unknown parameters, sub-protocols; version 1 by default', async () => {
      const { token } = gateway.login()
      const url = `${gateway.base.replace('http', 'ws')}/api/websocketd`
      const bare = new RawClient(`${url}?userUuid=x&token=${token}`)
      const deep = gateway.open(token, 'version=2', '/api/websocketd/any/where')
      const spaced = gateway.open(token, 'version=%202%20')
      const blank = gateway.open(token, 'version=')
      expect(await bare.frame(0)).toBe('{"op":"init","code":0,"data":{"version":1}}')
      expect(await deep.frame(0)).toBe('{"op":"init","code":0,"data":{"version":2}}')
      expect(await spaced.frame(0)).toBe('{"op":"init","code":0,"data":{"version":2}}')
      expect(await blank.frame(0)).toBe('{"op":"init","code":0,"data":{"version":1}}')
      for (const client of [bare, deep, spaced, blank]) client.leave()
    })

    it('the token of the query wins, the first that is not empty; else the header', async () => {
      const [{ token: one }, { token: other }] = [gateway.login(), gateway.login()]
      const url = `${gateway.base.replace('http', 'ws')}/api/websocketd/?version=2`
      const byHeader = new RawClient(url, { 'X-AUTH-TOKEN': one })
      const emptyQuery = new RawClient(`${url}&token=&token=`, { 'x-auth-token': one })
      const second = new RawClient(`${url}&token=&token=${one}`, { 'x-auth-token': 'wrong' })
      const queryWins = new RawClient(`${url}&token=wrong`, { 'x-auth-token': other })
      for (const client of [byHeader, emptyQuery, second]) expect((await client.read(0)).op).toBe('init')
      expect((await queryWins.end()).code).toBe(4002)
      for (const client of [byHeader, emptyQuery, second]) client.leave()
    })

    it('does not compress, and answers other upgrades and plain requests like any request', async () => {
      const client = gateway.open(gateway.login().token)
      await client.frame(0)
      expect(client.socket.extensions).toBe('')
      client.leave()
      expect((await fetch(`${gateway.base}/api/websocketd/`)).status).toBe(404)
      const elsewhere = new RawClient(`${gateway.base.replace('http', 'ws')}/api/elsewhere`)
      expect((await elsewhere.end()).code).toBe(1006)
    })
  })

  describe('bus.md 3.2, frames', () => {
    it('[ran] version 2 answers in order with three keys, also pipelined and repeated', async () => {
      const client = gateway.open(gateway.login().token)
      await client.frame(0)
      client.send({ op: 'ping', data: { payload: 'p' } })
      client.send({ op: 'subscribe', data: { event_name: '' }, extra: 1 })
      client.send({ op: 'start', data: 'ignored' })
      client.send({ op: 'start' })
      await client.frame(4)
      expect(client.frames).toEqual([
        '{"op":"init","code":0,"data":{"version":2}}',
        '{"op":"pong","code":0,"data":{"payload":"p"}}',
        '{"op":"subscribe","code":0,"data":null}',
        '{"op":"start","code":0,"data":null}',
        '{"op":"start","code":0,"data":null}',
      ])
      client.leave()
    })

    it('[ran] version 1 answers subscribe and token only before start, start always, ping never', async () => {
      const identity = gateway.login()
      const client = gateway.open(identity.token, 'version=1')
      await client.frame(0)
      client.command('ping', { payload: 'p' })
      client.command('subscribe', { event_name: '*' })
      client.command('token', { token: identity.token })
      client.command('start')
      client.command('subscribe', { event_name: 'x' })
      client.command('token', { token: identity.token })
      client.command('start')
      await client.frame(4)
      expect(client.parsed.map(({ op }) => op)).toEqual(['init', 'subscribe', 'token', 'start', 'start'])
      client.leave()
    })

    it('version 2 frames the whole body as it came, version 1 sends nothing but the body', async () => {
      const [two, one] = [await gateway.started(), await gateway.started({}, ['*'], 'version=1')]
      const body = '{ "data" : {"é":1},"name":"thing_happened" }'
      const sent = gateway.foreign({ 'user_uuid:*': true }, 'thing_happened', body)
      expect(await gateway.publishAndSettle([two, one], sent)).toEqual([
        [`{"op":"event","code":0,"data":${body}}`],
        [body],
      ])
      for (const client of [one, two]) client.leave()
    })
  })

  describe('bus.md 3.3, semantics', () => {
    it('nothing is delivered before start: it is dropped, not queued', async () => {
      const client = gateway.open(gateway.login().token)
      await client.frame(0)
      client.command('subscribe', { event_name: '*' })
      await client.frame(1)
      const watcher = await gateway.started()
      await gateway.publishAndSettle([watcher], gateway.foreign({ 'user_uuid:*': true }))
      client.command('start')
      await client.frame(2)
      client.frames.length = 0
      expect((await gateway.publishAndSettle([client], gateway.foreign({ 'user_uuid:*': true })))[0]).toHaveLength(1)
      for (const one of [client, watcher]) one.leave()
    })

    it('start without a subscription is legal, and one after it counts', async () => {
      const client = await gateway.started({}, [])
      const watcher = await gateway.started()
      await gateway.publishAndSettle([watcher], gateway.foreign({ 'user_uuid:*': true }))
      expect(client.frames).toEqual([])
      client.command('subscribe', { event_name: '*' })
      await client.frame(0)
      client.frames.length = 0
      expect((await gateway.publishAndSettle([client], gateway.foreign({ 'user_uuid:*': true })))[0]).toHaveLength(1)
      for (const one of [client, watcher]) one.leave()
    })

    it('[ran] two subscriptions that select one event deliver it once; * is every name only alone', async () => {
      const both = await gateway.started({}, ['*', 'thing_happened'])
      const pattern = await gateway.started({}, ['thing_*', 'x'.repeat(100_000)])
      await gateway.publishAndSettle([both], gateway.foreign({ 'user_uuid:*': true }))
      const [frames] = await gateway.publishAndSettle([both], gateway.foreign({ 'user_uuid:*': true }))
      expect(frames).toHaveLength(1)
      expect(pattern.frames).toEqual([])
      for (const one of [both, pattern]) one.leave()
    })

    it('an event reaches its tenant, its user, admins, services and the master, under the ACL of each', async () => {
      const [anna, bruno, admin, service, master, narrow, foreign] = await Promise.all([
        gateway.started(),
        gateway.started(),
        gateway.started({ admin: true }),
        gateway.started({ purpose: 'external_api' }),
        gateway.started({ master: true, tenantId: randomUUID() as TenantId }),
        gateway.started({ acl: ['websocketd', 'events.#', '!events.thing'] }),
        gateway.started({ tenantId: randomUUID() as TenantId, admin: true }),
      ])
      const all = [anna, bruno, admin, service, master, narrow]
      const delivered = async (headers: Record<string, string | boolean | null>) =>
        (await gateway.publishAndSettle(all, gateway.foreign(headers))).map((frames) => frames.length)
      //                                                                anna bruno admin service master narrow
      expect(await delivered({ 'user_uuid:*': true })).toEqual([1, 1, 1, 1, 1, 0])
      expect(await delivered({ [`user_uuid:${anna.userId}`]: true })).toEqual([1, 0, 1, 1, 1, 0])
      const two = { [`user_uuid:${anna.userId}`]: true, [`user_uuid:${bruno.userId}`]: true }
      expect(await delivered(two)).toEqual([1, 1, 1, 1, 1, 0])
      // The match is typed: the text "true" is no user header.
      expect(await delivered({ [`user_uuid:${anna.userId}`]: 'true' })).toEqual([0, 0, 1, 1, 1, 0])
      expect(await delivered({ 'user_uuid:*': true, required_acl: null })).toEqual([1, 1, 1, 1, 1, 1])
      expect(await delivered({ 'user_uuid:*': true, required_acl: 'events.other' })).toEqual([1, 1, 1, 1, 1, 1])
      expect(await delivered({ 'user_uuid:*': true, required_acl: '' })).toEqual([0, 0, 0, 0, 0, 0])
      expect(await delivered({ 'user_uuid:*': true, required_acl: true })).toEqual([0, 0, 0, 0, 0, 0])
      expect(await delivered({ 'user_uuid:*': true, origin_uuid: randomUUID() })).toEqual([0, 0, 0, 0, 0, 0])
      expect(foreign.frames).toEqual([])
      for (const client of [...all, foreign]) client.leave()
    })

    it('6.2, 22: service events reach only the master’s sessions that have the access for them, whatever else they have', async () => {
      const master = { master: true, tenantId: randomUUID() as TenantId }
      const all = await Promise.all([
        gateway.started({ ...master, acl: ['websocketd', 'events.#'] }),
        gateway.started({ ...master, acl: ['websocketd', 'events.#', 'service-events'] }),
        gateway.started({ ...master, acl: ['websocketd', 'service-events'] }),
        gateway.started({ acl: ['#'], admin: true }),
      ])
      const delivered = async (headers: Record<string, string | boolean | null>) =>
        (await gateway.publishAndSettle(all, gateway.foreign(headers))).map((frames) => frames.length)
      expect(await delivered({ tenant_uuid: null })).toEqual([0, 1, 0, 0])
      expect(await delivered({ tenant_uuid: null, required_acl: null })).toEqual([0, 1, 1, 0])
      expect(await delivered({ 'user_uuid:*': true })).toEqual([1, 1, 0, 1])
      for (const client of all) client.leave()
    })

    it('me and my_session are decided for each client, also among many with the same patterns', async () => {
      const acl = ['websocketd', 'events.users.me.#', 'events.auth.sessions.my_session.#']
      const [anna, bruno] = [await gateway.started({ acl }), await gateway.started({ acl })]
      const ask = async (required: string) =>
        (
          await gateway.publishAndSettle(
            [anna, bruno],
            gateway.foreign({ 'user_uuid:*': true, required_acl: required }),
          )
        ).map((frames) => frames.length)
      expect(await ask(`events.users.${anna.userId}.voicemails`)).toEqual([1, 0])
      expect(await ask(`events.users.${bruno.userId}.voicemails`)).toEqual([0, 1])
      expect(await ask('events.users.me.voicemails')).toEqual([1, 1])
      expect(await ask(`events.auth.sessions.${bruno.sessionId}.deleted`)).toEqual([0, 1])
      expect(await ask('events.voicemails')).toEqual([0, 0])
      for (const client of [anna, bruno]) client.leave()
    })

    it('bodies that are no JSON objects and events without a name or access header are dropped', async () => {
      const client = await gateway.started()
      const broken = ['', 'x', '[]', 'null', '"text"'].map((body) =>
        gateway.foreign({ 'user_uuid:*': true }, 'n', body),
      )
      const nameless = ['{}', '{"name":""}', '{"name":7}'].map((body) => ({
        ...gateway.foreign({ 'user_uuid:*': true }, 'n', body),
        name: '',
      }))
      const { required_acl: _access, ...headers } = gateway.foreign({ 'user_uuid:*': true }).headers
      const withoutAcl = { ...gateway.foreign({}), headers }
      expect(await gateway.publishAndSettle([client], ...broken, ...nameless, withoutAcl)).toEqual([[]])
      client.leave()
    })

    it('2.2, 3.3: an event that only its body names is for who wants every name; no header binding selects it', async () => {
      const [every, named, empty] = await Promise.all([
        gateway.started(),
        gateway.started({}, ['thing_happened']),
        gateway.started({}, ['']),
      ])
      const event = { ...gateway.foreign({ 'user_uuid:*': true }), name: '' }
      expect(await gateway.publishAndSettle([every], event)).toEqual([[`{"op":"event","code":0,"data":${event.body}}`]])
      expect([named.frames, empty.frames]).toEqual([[], []])
      for (const client of [every, named, empty]) client.leave()
    })

    it('6.2 row 17: one session leaving never harms another, also one that has not subscribed yet', async () => {
      const leaver = await gateway.started()
      const idle = gateway.open(gateway.login().token)
      await idle.frame(0)
      leaver.leave()
      await leaver.end()
      idle.command('subscribe', { event_name: '*' })
      idle.command('start')
      await idle.frame(2)
      idle.frames.length = 0
      expect((await gateway.publishAndSettle([idle], gateway.foreign({ 'user_uuid:*': true })))[0]).toHaveLength(1)
      idle.leave()
    })
  })
})
