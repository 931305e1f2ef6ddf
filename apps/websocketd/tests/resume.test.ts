import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { draft, EVENTS, voicemailCreated, voicemailDeleted, voicemailGeneralEdited } from '@lamplighter/contracts'
import type { TenantId } from '@lamplighter/domain'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCursor } from '../src/cursor.js'
import { numbersOf, type RawClient, range, TestGateway, type Who } from './support.js'

describe('bus.md 5.6, a client that was away', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start({ pollIntervalMs: 60_000 })
  })
  afterAll(() => gateway.stop())

  /** Opens, subscribes and starts without waiting, as a client that comes back does. */
  function comeBack(token: string, cursor: string, names = ['*']): RawClient {
    const client = gateway.open(token, `version=3&resume=${cursor}`)
    client.socket.on('open', () => {
      for (const event_name of names) client.command('subscribe', { event_name })
      client.command('start')
    })
    return client
  }

  /** The answer that marks the border between past and present. */
  const outcome = (client: RawClient) =>
    waitFor(() => client.parsed.find(({ op }) => op === 'resume'), { what: 'the outcome', timeoutMs: 5000 })

  const head = async () => {
    const client = gateway.open(gateway.login().token, 'version=3')
    const { data } = await client.read(0)
    client.leave()
    return String(data['cursor'])
  }

  it('init says version, cursor and retention; events say their cursor and id beside data', async () => {
    const client = gateway.open(gateway.login().token, 'version=3')
    const init = await client.read(0)
    expect(init).toEqual({ op: 'init', code: 0, data: { version: 3, cursor: expect.any(String), retention_s: 7200 } })
    client.command('subscribe', { event_name: 'voicemail_created' })
    client.command('start')
    await client.frame(2)
    await gateway.say(...gateway.numbered(1, 1))
    const event = await client.read(3)
    expect(Object.keys(event)).toEqual(['op', 'code', 'data', 'cursor', 'event_id'])
    const { rows } = await gateway.database.pool.query(
      'SELECT body, event_id::text FROM event ORDER BY id DESC LIMIT 1',
    )
    expect(client.frames[3]).toBe(
      `{"op":"event","code":0,"data":${rows[0].body},"cursor":"${event.cursor}","event_id":"${rows[0].event_id}"}`,
    )
    expect(event.cursor).not.toBe(init.data['cursor'])
    client.leave()
  })

  it('says the retention of the tenant where it has one, and to who sees all tenants the shortest', async () => {
    const seen = async (who: Who) => {
      const client = gateway.open(gateway.login(who).token, 'version=3')
      const { data } = await client.read(0)
      client.leave()
      return data['retention_s']
    }
    const [short, long] = [await gateway.addTenant(1), await gateway.addTenant(50)]
    expect([await seen({ tenantId: short }), await seen({ tenantId: long }), await seen({})]).toEqual([
      3600, 180_000, 7200,
    ])
    expect(await seen({ master: true })).toBe(3600)
    await gateway.removeTenant(short)
    expect(await seen({ master: true })).toBe(7200)
    await gateway.removeTenant(long)
  })

  it('replays exactly what came after the cursor, in order, and then goes on live', async () => {
    const identity = gateway.login()
    await gateway.say(...gateway.numbered(1, 5))
    const cursor = await head()
    await gateway.say(...gateway.numbered(6, 505))
    const client = comeBack(identity.token, cursor)
    expect((await outcome(client)).data).toEqual({ replayed: 500 })
    await gateway.say(...gateway.numbered(506, 510))
    await waitFor(() => numbersOf(client).length === 505, { what: 'live events' })
    expect(numbersOf(client)).toEqual(range(6, 510))
    const ops = client.parsed.map(({ op }) => op)
    expect(ops.slice(0, 3)).toEqual(['init', 'subscribe', 'start'])
    expect(ops.indexOf('resume')).toBe(503)
    client.leave()
  })

  it('any event is a place to resume from: the rest follows, with no event twice', async () => {
    const cursor = await head()
    await gateway.say(...gateway.numbered(1, 20))
    const first = comeBack(gateway.login().token, cursor)
    await outcome(first)
    const event = first.parsed.find(({ op, data }) => op === 'event' && (data['data'] as { id: number }).id === 13)
    const second = comeBack(gateway.login().token, event?.cursor ?? '')
    expect((await outcome(second)).data).toEqual({ replayed: 7 })
    expect(numbersOf(second)).toEqual(range(14, 20))
    for (const client of [first, second]) client.leave()
  })

  it('misses and repeats nothing while events keep coming during the replay', async () => {
    const cursor = await head()
    await gateway.say(...gateway.numbered(1, 600))
    let last = 600
    let coming = true
    const storm = (async () => {
      while (coming) {
        await gateway.say(...gateway.numbered(last + 1, last + 3))
        last += 3
      }
    })()
    const clients = Array.from({ length: 5 }, () => comeBack(gateway.login().token, cursor))
    for (const client of clients) await outcome(client)
    coming = false
    await storm
    for (const client of clients) {
      await waitFor(() => numbersOf(client).at(-1) === last, { what: 'the last event' })
      expect(numbersOf(client)).toEqual(range(1, last))
      expect(new Set(client.parsed.map(({ event_id }) => event_id).filter(Boolean)).size).toBe(last)
      client.leave()
    }
  })

  it('what the log has and the bus has not yet is replayed, and dropped when the bus brings it', async () => {
    const cursor = await head()
    const watcher = await gateway.started({}, ['*'], 'version=3')
    gateway.busLoses = true
    await gateway.say(...gateway.numbered(1, 3))
    gateway.busLoses = false
    const client = comeBack(gateway.login().token, cursor)
    expect((await outcome(client)).data).toEqual({ replayed: 3 })
    await gateway.say(...gateway.numbered(4, 4))
    await waitFor(() => numbersOf(client).includes(4), { what: 'event 4' })
    expect(numbersOf(client)).toEqual(range(1, 4))
    expect(numbersOf(watcher)).toEqual(range(1, 4))
    for (const one of [client, watcher]) one.leave()
  })

  it('the replay is filtered as the present is: names, tenant, user and the ACL of the current token', async () => {
    const anna = gateway.login()
    const bruno = gateway.login()
    const cursor = await head()
    const other = randomUUID() as TenantId
    const deleted = draft(voicemailDeleted, { tenant: gateway.tenant }, { id: 1 })
    await gateway.say(
      ...gateway.numbered(1, 2),
      ...gateway.numbered(90, 91, other),
      gateway.forUser(anna.userId),
      gateway.forUser(bruno.userId),
      deleted,
    )
    const replayed = async (token: string, names?: string[]) => {
      const client = comeBack(token, cursor, names)
      await outcome(client)
      client.leave()
      return client.events
    }
    const own = 'user_voicemail_associated'
    expect(await replayed(anna.token)).toEqual(['voicemail_created', 'voicemail_created', own, 'voicemail_deleted'])
    expect(await replayed(anna.token, ['user_*'])).toEqual([own])
    expect(await replayed(anna.token, ['voicemail_*', 'voicemail_created'])).toHaveLength(3)
    const admin = gateway.login({ admin: true })
    expect((await replayed(admin.token)).filter((name) => name === own)).toHaveLength(2)
    const master = gateway.login({ master: true, tenantId: randomUUID() as TenantId })
    expect(await replayed(master.token)).toHaveLength(7)
    expect(await replayed(gateway.login({ tenantId: other }).token)).toHaveLength(2)
    const narrow = gateway.login({ acl: ['websocketd', 'events.#', '!events.config.voicemail.created'] })
    expect(await replayed(narrow.token)).toEqual(['voicemail_deleted'])
    const nothing = gateway.login({ acl: ['websocketd'] })
    expect(await replayed(nothing.token)).toEqual([])
  })

  it('6.2, 22, 6.3, 32: the replay has service events, and texts of messages, for who may hear them only', async () => {
    const cursor = await head()
    const stored = EVENTS.find(({ name }) => name === 'call_logd_voicemail_transcription_created')
    if (!stored) throw new Error('it is not in the catalogue')
    await gateway.say(
      draft(voicemailGeneralEdited, {}, {}),
      draft(stored, { tenant: gateway.tenant }, {}),
      ...gateway.numbered(1, 1),
    )
    const replayed = async (who: Who) => {
      const client = comeBack(gateway.login(who).token, cursor)
      await outcome(client)
      client.leave()
      return client.events
    }
    const [service, transcribed, last] = [voicemailGeneralEdited, stored, voicemailCreated].map(({ name }) => name)
    expect(await replayed({ acl: ['#'] })).toEqual([last])
    expect(await replayed({ acl: ['#'], admin: true })).toEqual([transcribed, last])
    expect(await replayed({ master: true })).toEqual([transcribed, last])
    expect(await replayed({ master: true, acl: ['#'] })).toEqual([service, transcribed, last])
  })

  it('resume may also be a command before start; after it, or with nonsense, it is refused', async () => {
    const cursor = await head()
    await gateway.say(...gateway.numbered(1, 2))
    const client = gateway.open(gateway.login().token, 'version=3')
    await client.frame(0)
    for (const wrong of ['x', 'eA', '../..', 'MTIzNDU2Nzg.MQ']) client.command('resume', { cursor: wrong })
    for (const index of range(1, 4))
      expect(await client.read(index)).toMatchObject({ op: 'resume', code: 1, data: { error_id: 'invalid-cursor' } })
    client.command('resume', { cursor })
    client.command('subscribe', { event_name: '*' })
    client.command('start')
    await waitFor(() => client.parsed.at(-1)?.data?.['replayed'] === 2, { what: 'the replay' })
    client.command('resume', { cursor })
    await waitFor(() => client.parsed.at(-1)?.code === 1, { what: 'the refusal' })
    expect(client.parsed.at(-1)).toMatchObject({ op: 'resume', data: { error_id: 'already-started' } })
    client.leave()
  })

  it('gone: what the log does not keep any more is said, with the oldest that could be had; the present follows', async () => {
    const cursor = await head()
    await gateway.say(...gateway.numbered(1, 10))
    await gateway.database.pool.query('DELETE FROM event WHERE cursor <= (SELECT max(cursor) - 5 FROM event)')
    const client = comeBack(gateway.login().token, cursor)
    const { code, data } = await outcome(client)
    expect({ code, data }).toMatchObject({ code: 1, data: { error_id: 'events-gone', reason: 'gone' } })
    await gateway.say(...gateway.numbered(11, 11))
    await waitFor(() => numbersOf(client).length === 1, { what: 'the present' })
    expect(numbersOf(client)).toEqual([11])
    const again = comeBack(gateway.login().token, String(data['oldest']))
    expect((await outcome(again)).data).toEqual({ replayed: 6 })
    for (const one of [client, again]) one.leave()
  })

  it('gone: what the retention takes between two pages is said, and nothing is passed over or comes twice', async () => {
    const cursor = await head()
    await gateway.say(...gateway.numbered(1, 500))
    let pages = 0
    gateway.beforePage = async () => {
      if (++pages === 2)
        await gateway.database.pool.query('DELETE FROM event WHERE cursor <= (SELECT max(cursor) - 200 FROM event)')
    }
    const client = comeBack(gateway.login().token, cursor)
    expect((await outcome(client)).data).toMatchObject({ reason: 'gone', oldest: expect.any(String) })
    await gateway.say(...gateway.numbered(501, 501))
    await waitFor(() => numbersOf(client).at(-1) === 501, { what: 'the present' })
    expect(numbersOf(client)).toEqual([...range(1, 200), 501])
    client.leave()
  })

  it('gone: what the retention takes while a page is read is said over HTTP too', async () => {
    const cursor = await head()
    await gateway.say(...gateway.numbered(1, 10))
    gateway.beforePage = async () => {
      await gateway.database.pool.query('DELETE FROM event WHERE cursor <= (SELECT max(cursor) - 5 FROM event)')
    }
    const headers = { 'x-auth-token': gateway.login().token }
    const answer = await fetch(`${gateway.base}/api/events?after=${cursor}`, { headers })
    gateway.beforePage = async () => {}
    expect(answer.status).toBe(410)
    expect(await answer.json()).toMatchObject({ error_id: 'events-gone' })
  })

  it('gone: a cursor of another epoch, or from a future that was lost with it', async () => {
    const [cursor, future] = [await head(), Buffer.from(await head(), 'base64url').toString()]
    const beyond = Buffer.from(future.replace(/\d+$/, '999999')).toString('base64url')
    const ahead = comeBack(gateway.login().token, beyond)
    expect((await outcome(ahead)).data).toMatchObject({ reason: 'gone' })
    await gateway.database.pool.query('UPDATE installation SET log_epoch = gen_random_uuid()')
    const restored = comeBack(gateway.login().token, cursor)
    expect((await outcome(restored)).data).toMatchObject({ reason: 'gone' })
    for (const one of [ahead, restored]) one.leave()
  })

  it('a log that cannot be read asks the client to come later, 1013', async () => {
    const own = await TestGateway.start()
    await own.database.pool.query('ALTER TABLE event RENAME TO event_away')
    expect(await own.open(own.login().token, 'version=3').end()).toEqual({ code: 1013, reason: 'try again later' })
    const two = own.open(own.login().token)
    expect((await two.read(0)).op).toBe('init')
    two.leave()
    await own.stop()
  })
})

describe('bus.md 5.6, what the bus did not bring', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start({ pollIntervalMs: 100 })
  })
  afterAll(() => gateway.stop())

  it('comes from the log to sockets of every version, in order and once, before what the bus brings next', async () => {
    const clients = await Promise.all([1, 2, 3].map((version) => gateway.started({}, ['*'], `version=${version}`)))
    await gateway.say(...gateway.numbered(1, 3))
    gateway.busLoses = true
    await gateway.say(...gateway.numbered(4, 1500))
    gateway.busLoses = false
    await gateway.say(...gateway.numbered(1501, 1503))
    for (const client of clients) await waitFor(() => client.frames.length >= 1503, { what: 'all events' })
    const [one, two, three] = clients
    expect(one?.frames.map((text) => (JSON.parse(text) as { data: { id: number } }).data.id)).toEqual(range(1, 1503))
    for (const client of [two, three]) if (client) expect(numbersOf(client)).toEqual(range(1, 1503))
    for (const client of clients) client.leave()
  })

  it('comes even when nothing follows: the log is looked at while the bus is away', async () => {
    const client = await gateway.started()
    gateway.busLoses = true
    await gateway.say(...gateway.numbered(1, 2))
    await waitFor(() => client.events.length === 2, { what: 'the events of the log' })
    gateway.busLoses = false
    expect(numbersOf(client)).toEqual([1, 2])
    client.leave()
  })

  it('an event the relay publishes again is delivered once', async () => {
    const client = await gateway.started()
    await gateway.say(...gateway.numbered(1, 3))
    const { rows } = await gateway.database.pool.query(
      'SELECT event_id::text AS "eventId", name, routing_key AS "routingKey", headers, body, cursor FROM event ORDER BY cursor DESC LIMIT 3',
    )
    expect((await gateway.publishAndSettle([client], ...rows.reverse()))[0]).toHaveLength(3)
    client.leave()
  })

  it('an event beyond the end of the log, of a history before a restoration, does not silence the gateway', async () => {
    const client = await gateway.started({}, ['*'], 'version=3')
    const stale = gateway.foreign({ 'user_uuid:*': true })
    expect(await gateway.publishAndSettle([client], { ...stale, cursor: 1_000_000 })).toEqual([[]])
    await gateway.say(...gateway.numbered(1, 2))
    await waitFor(() => numbersOf(client).length === 2, { what: 'the present' })
    client.leave()
  })

  it('a history that was replaced does not silence the gateway', async () => {
    const client = await gateway.started()
    await gateway.database.pool.query(
      `BEGIN; DELETE FROM event; UPDATE installation SET log_epoch = gen_random_uuid(); COMMIT`,
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    await gateway.say(...gateway.numbered(1, 2))
    await waitFor(() => client.events.length === 2, { what: 'events of the new history' })
    client.leave()
  })
})

describe('a gateway that begins while clients come', () => {
  it('keeps nothing from those who were there first: socket or stream, each gets all behind its cursor', async () => {
    const gateway = await TestGateway.listening({ pollIntervalMs: 60_000 })
    const { token } = gateway.login()
    const client = gateway.open(token, 'version=3')
    client.socket.on('open', () => {
      client.command('subscribe', { event_name: '*' })
      client.command('start')
    })
    await waitFor(() => client.socket.readyState === client.socket.OPEN, { what: 'the socket' })
    const response = fetch(`${gateway.base}/api/events`, {
      headers: { 'x-auth-token': token, accept: 'text/event-stream' },
    })
    // Where they are served already, they are live by now.
    await delay(200)
    await gateway.say(...gateway.numbered(1, 3))
    await gateway.begin()
    await waitFor(() => client.parsed.some(({ op }) => op === 'start'), { what: 'start' })
    await waitFor(() => gateway.store.replay.state().then(({ head }) => head === 3), { what: 'the log' })
    const reader = (await response).body?.getReader()
    let stream = ''
    const readTo = (text: string) =>
      waitFor(
        async () => {
          stream += new TextDecoder().decode((await reader?.read())?.value)
          return stream.includes(text)
        },
        { what: text },
      )
    await readTo('event: init')
    await gateway.say(...gateway.numbered(4, 5))
    await waitFor(() => client.events.length >= 2, { what: 'what is new' })
    await readTo('"id":5')
    const numberOf = (cursor: unknown) => parseCursor(String(cursor))?.number ?? Number.NaN
    const from = numberOf(client.parsed[0]?.data['cursor'])
    expect(numbersOf(client)).toEqual(range(from + 1, 5))
    const streamFrom = numberOf(/"cursor":"([^"]+)"/.exec(stream)?.[1])
    expect(stream.match(/^id: /gm)).toHaveLength(5 - streamFrom)
    client.leave()
    await reader?.cancel()
    await gateway.stop()
  })
})
