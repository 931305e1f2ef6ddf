import { randomUUID } from 'node:crypto'
import { takeTestVhost, waitFor } from '@lamplighter/testing'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queryRows } from './database.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Event = { name: string; acl: string; users: string[]; data: Record<string, unknown> }
type Transcriptions = { items: Record<string, unknown>[]; total: number; filtered: number }

const CALLD = '/api/calld/1.0'

describe('transcriptions (3.9)', () => {
  let installation: TestInstallation
  let amqpUrl: string
  let connection: ChannelModel
  let channel: Channel
  let tenant: Tenant
  let anna: Person
  let box: Voicemail
  let shared: Voicemail
  const heard: Event[] = []

  beforeAll(async () => {
    amqpUrl = (await takeTestVhost()).url
    installation = await TestInstallation.start({ AMQP_URL: amqpUrl })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
    shared = await installation.mailbox(tenant, { accesstype: 'global' })
    connection = await connect(amqpUrl)
    channel = await connection.createChannel()
    await listen()
  })
  afterAll(async () => {
    await connection.close()
    await installation.stop()
  })

  async function listen(): Promise<void> {
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, 'wazo-headers', '', { 'x-match': 'all' })
    await channel.consume(
      queue,
      (message) => {
        const headers = message?.properties.headers ?? {}
        const name = String(headers['name'])
        if (!message || !/_transcription_(created|deleted)$/.test(name)) return
        const { data } = JSON.parse(message.content.toString()) as { data: Event['data'] }
        const users = Object.keys(headers).filter((key) => key.startsWith('user_uuid:'))
        heard.push({ name, acl: String(headers['required_acl']), users, data })
      },
      { noAck: true },
    )
  }

  const admin = (path: string, method = 'GET', body?: unknown, by = tenant) =>
    request(`${installation.url}${CALLD}${path}`, {
      method,
      token: by.admin.token,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const place = (mailbox: Voicemail, id: string) => `/voicemails/${mailbox.id}/messages/${id}`
  const leave = (mailbox: Voicemail, facts: Record<string, string> = {}, by = tenant) =>
    by.admin.deposit<{ id: string }>(mailbox.id, wav(), facts)
  const textOf = async (mailbox: Voicemail, id: string) =>
    ((await admin(place(mailbox, id))).json as { transcription: { text: string } | null }).transcription?.text
  const eventsOf = (id: string) => heard.filter(({ data }) => data['message_id'] === id)
  async function eventsAfter(id: string, count: number): Promise<Event[]> {
    return waitFor(() => (eventsOf(id).length >= count ? eventsOf(id) : undefined), { what: `${count} events` })
  }
  async function transcriptions(query = '', by = tenant): Promise<Transcriptions> {
    const url = `${installation.url}/api/call-logd/1.0/voicemails/transcriptions${query}`
    const { status, json, text } = await request(url, { token: by.admin.token })
    expect(status, text).toBe(200)
    return json as Transcriptions
  }

  function completed(mailbox: Voicemail, id: string, text: string, more: Record<string, unknown> = {}) {
    return {
      message_id: id,
      tenant_uuid: tenant.uuid,
      voicemail_id: mailbox.id,
      transcription_text: text,
      provider_id: 'vosk',
      language: 'en_US',
      duration: 1.5,
      completed_at: '2026-11-24T10:00:00',
      extra: 'ignored',
      ...more,
    }
  }
  /** Says something as a transcriber would. */
  async function publish(data: unknown): Promise<void> {
    const body = typeof data === 'string' ? data : JSON.stringify({ name: 'voicemail_transcription_completed', data })
    const headers = { name: 'voicemail_transcription_completed', tenant_uuid: tenant.uuid, 'user_uuid:*': true }
    channel.publish('wazo-headers', '', Buffer.from(body), { headers, messageId: randomUUID() })
  }

  describe('over REST', () => {
    it('are stored with PUT and shown wherever the contract shows a text', async () => {
      const { id } = await leave(box)
      const path = place(box, id)
      expect((await admin(`${path}/transcription`, 'PUT', { text: 'Please call Zoë' })).status).toBe(204)
      expect(await textOf(box, id)).toBe('Please call Zoë')
      const own = async (rest: string) =>
        (await request(`${installation.url}${CALLD}/users/me/voicemails${rest}`, { token: anna.api.token })).text
      for (const rest of ['', '/folders/1', '/messages', `/messages/${id}`, '/messages?search=call%20zoe']) {
        expect(await own(rest), rest).toContain('"transcription":{"text":"Please call Zoë"}')
      }
      const list = (await admin(`/voicemails/messages?voicemail_id=${box.id}&transcribed=true`)).text
      expect(list).toContain('"transcribed":true')
      expect(list).not.toContain('Please call')
    })

    it('bus 2.5 [C]: say call_logd_… first, then user_… for each user of a personal mailbox', async () => {
      const { id } = await leave(box)
      const body = { text: 'hi', provider_id: 'p', language: 'fr_FR', duration: 2.25 }
      await admin(`${place(box, id)}/transcription`, 'PUT', body)
      const said = {
        transcription_text: 'hi',
        provider_id: 'p',
        language: 'fr_FR',
        duration: 2.25,
        created_at: expect.any(String),
      }
      expect(await eventsAfter(id, 2)).toEqual([
        {
          name: 'call_logd_voicemail_transcription_created',
          acl: 'events.call_logd.voicemail_transcription.created',
          users: ['user_uuid:*'],
          data: { message_id: id, tenant_uuid: tenant.uuid, voicemail_id: box.id, ...said },
        },
        {
          name: 'user_voicemail_transcription_created',
          acl: `events.users.${anna.uuid}.voicemails.transcriptions.created`,
          users: [`user_uuid:${anna.uuid}`],
          data: { user_uuid: anna.uuid, voicemail_id: box.id, message_id: id, ...said },
        },
      ])
    })

    it('bus 2.5 [C]: say global_… once for the tenant where the mailbox is global', async () => {
      const { id } = await leave(shared)
      await admin(`${place(shared, id)}/transcription`, 'PUT', { text: 'hi' })
      const [, told] = await eventsAfter(id, 2)
      expect(told).toMatchObject({
        name: 'global_voicemail_transcription_created',
        acl: 'events.voicemails.global.transcriptions.created',
        users: ['user_uuid:*'],
      })
      expect(told?.data).not.toHaveProperty('user_uuid')
    })

    it('3.9 [C]: a second one replaces the text and is announced as created again; the same again says nothing', async () => {
      const { id } = await leave(box)
      for (const text of ['one', 'two', 'two']) await admin(`${place(box, id)}/transcription`, 'PUT', { text })
      expect(await textOf(box, id)).toBe('two')
      await admin(`${place(box, id)}/transcription`, 'DELETE')
      const names = (await eventsAfter(id, 6)).map(
        ({ name, data }) => `${name.split('_').at(-1)} ${data['transcription_text']}`,
      )
      expect(names).toEqual(['created one', 'created one', 'created two', 'created two', 'deleted two', 'deleted two'])
      expect(await textOf(box, id)).toBeUndefined()
      expect(
        ((await admin(`/voicemails/messages?search=two`)).json as { total: number; filtered: number }).filtered,
      ).toBe(0)
      const again = await admin(`${place(box, id)}/transcription`, 'DELETE')
      expect([again.status, again.json]).toMatchObject([404, { error_id: 'no-such-voicemail-transcription' }])
    })

    it('F-08 [B]: go with their message, in a mailbox without users too', async () => {
      const alone = await installation.mailbox(tenant)
      for (const mailbox of [alone, box]) {
        const { id } = await leave(mailbox)
        await admin(`${place(mailbox, id)}/transcription`, 'PUT', { text: 'gone soon' })
        await admin(place(mailbox, id), 'DELETE')
        const users = mailbox === box ? 1 : 0
        const deleted = (await eventsAfter(id, 2 * (1 + users))).slice(1 + users)
        expect(deleted.map(({ name }) => name)).toEqual(
          ['call_logd_voicemail_transcription_deleted', 'user_voicemail_transcription_deleted'].slice(0, 1 + users),
        )
      }
      expect(await transcriptions('?search_text=gone%20soon')).toMatchObject({ filtered: 0 })
    })

    it.each([
      ['no JSON', 'x', 400],
      ['no text', {}, 400],
      ['a null text', { text: null }, 400],
      ['a number', { text: 7 }, 400],
      ['a key that is unknown', { text: 'x', color: 'red' }, 400],
      ['NUL', { text: 'a\0b' }, 400],
      ['a text too long', { text: 'x'.repeat(65_537) }, 400],
      ['a negative duration', { text: 'x', duration: -1 }, 400],
    ])('refuse %s', async (_name, body, status) => {
      const { id } = await leave(shared)
      expect((await admin(`${place(shared, id)}/transcription`, 'PUT', body)).status).toBe(status)
    })

    it('3.4 [C]: ids are checked like everywhere; F-40 [B]: the message must lie in that mailbox', async () => {
      const { id } = await leave(box)
      const put = async (path: string) => {
        const { status, json } = await admin(path, 'PUT', { text: 'x' })
        return `${status} ${(json as { error_id: string }).error_id}`
      }
      expect(await put(`/voicemails/x/messages/${id}/transcription`)).toBe('400 invalid-voicemail-id')
      expect(await put(`/voicemails/${box.id}/messages/a_b/transcription`)).toBe('400 invalid-voicemail-message-id')
      expect(await put(`/voicemails/${box.id}/messages/1724107750-0000002a/transcription`)).toBe(
        '404 no-such-voicemail-message',
      )
      expect(await put(`/voicemails/2000000000/messages/${id}/transcription`)).toBe('404 no-such-voicemail')
      expect(await put(`/voicemails/${shared.id}/messages/${id}/transcription`)).toBe('404 no-such-voicemail-message')
      expect(await textOf(box, id)).toBeUndefined()
    })
  })

  describe('as the list of call-logd', () => {
    let other: Tenant
    let mailbox: Voicemail
    const ids: string[] = []

    beforeAll(async () => {
      const parent = await installation.tenant()
      other = await installation.tenant(parent.uuid)
      mailbox = await installation.mailbox(other)
      const second = await installation.mailbox(other)
      for (const [at, text] of [
        [mailbox, 'Alpha ÉTÉ'],
        [mailbox, 'beta 100%'],
        [second, 'gamma'],
      ] as const) {
        const { id } = await leave(at, { caller_id_name: 'Alpha' }, other)
        await admin(`${place(at, id)}/transcription`, 'PUT', { text, duration: 2.5, language: 'en_US' }, other)
        ids.push(id)
      }
      await leave(mailbox, {}, other)
    })

    const texts = ({ items }: Transcriptions) => items.map((item) => item['transcription_text'])

    it('3.9 [C]: items have exactly the contract’s fields, newest first, with total and filtered', async () => {
      const list = await transcriptions('', other)
      expect(list).toMatchObject({ total: 3, filtered: 3 })
      expect(texts(list)).toEqual(['gamma', 'beta 100%', 'Alpha ÉTÉ'])
      expect(list.items[2]).toEqual({
        message_id: ids[0],
        tenant_uuid: other.uuid,
        voicemail_id: mailbox.id,
        transcription_text: 'Alpha ÉTÉ',
        provider_id: null,
        language: 'en_US',
        duration: 2.5,
        created_at: expect.stringMatching(/^20.*Z$/),
      })
    })

    it('3.9 [C]: voicemail_id, from, until, search_text, order, direction, limit and offset', async () => {
      expect(texts(await transcriptions(`?voicemail_id=${mailbox.id}&direction=asc`, other))).toEqual([
        'Alpha ÉTÉ',
        'beta 100%',
      ])
      expect(await transcriptions(`?voicemail_id=${mailbox.id},999999,99999999999`, other)).toMatchObject({
        total: 3,
        filtered: 2,
      })
      expect(texts(await transcriptions('?search_text=ete', other))).toEqual(['Alpha ÉTÉ'])
      expect(texts(await transcriptions('?search_text=alpha', other))).toEqual(['Alpha ÉTÉ'])
      expect(texts(await transcriptions('?search_text=%25', other))).toEqual(['beta 100%'])
      expect(texts(await transcriptions('?order=message_id&direction=asc&limit=1&offset=1', other))).toEqual([
        'beta 100%',
      ])
      expect(await transcriptions('?limit=0', other)).toMatchObject({ items: [], total: 3, filtered: 3 })
      expect(await transcriptions('?until=2020-01-01T00:00:00Z', other)).toMatchObject({
        items: [],
        total: 3,
        filtered: 0,
      })
      expect(await transcriptions('?from=2020-01-01T00:00:00Z&unknown=x', other)).toMatchObject({ filtered: 3 })
    })

    it('3.9 [C]: the scope is the tenant and its descendants, and nobody else', async () => {
      expect((await transcriptions()).items.map((item) => item['message_id'])).not.toContain(ids[0])
      const master = await installation.master()
      const url = `${installation.url}/api/call-logd/1.0/voicemails/transcriptions`
      expect((await request(url, { token: master.token })).text).toContain(ids[0])
      expect((await request(url, { token: anna.api.token })).json).toMatchObject({ error_id: 'unauthorized' })
    })

    it.each(['limit=-1', 'offset=x', 'order=text', 'from=yesterday', 'voicemail_id=1,x', 'voicemail_id='])(
      '3.9 [C]: %s is 400',
      async (query) => {
        const url = `${installation.url}/api/call-logd/1.0/voicemails/transcriptions?${query}`
        const { status, json } = await request(url, { token: tenant.admin.token })
        expect([status, json]).toMatchObject([400, { error_id: 'invalid-data' }])
      },
    )
  })

  describe('from the bus', () => {
    it('bus 2.5 [C]: voicemail_transcription_completed is stored and announced, extra keys ignored', async () => {
      const { id } = await leave(box)
      await publish(completed(box, id, 'from afar'))
      const [stored] = await eventsAfter(id, 2)
      expect(stored?.data).toEqual({
        message_id: id,
        tenant_uuid: tenant.uuid,
        voicemail_id: box.id,
        transcription_text: 'from afar',
        provider_id: 'vosk',
        language: 'en_US',
        duration: 1.5,
        created_at: '2026-11-24T10:00:00.000Z',
      })
      expect(await textOf(box, id)).toBe('from afar')
    })

    it('repeats change nothing, and an older result does not overwrite a newer one', async () => {
      const { id } = await leave(box)
      await publish(completed(box, id, 'newer', { completed_at: '2026-11-24T12:00:00+00:00' }))
      await eventsAfter(id, 2)
      await publish(completed(box, id, 'newer', { completed_at: '2026-11-24T12:00:00+00:00' }))
      await publish(completed(box, id, 'older', { completed_at: '2026-11-24T11:00:00+00:00' }))
      await publish(completed(box, id, 'newest', { completed_at: '2026-11-24T15:00:00+02:00' }))
      const texts = (await eventsAfter(id, 4)).map(({ data }) => data['transcription_text'])
      expect(texts).toEqual(['newer', 'newer', 'newest', 'newest'])
    })

    it('F-09 [B], F-40 [B]: a result for a message that is gone, of another mailbox or tenant is ignored', async () => {
      const { id } = await leave(box)
      const foreign = await installation.tenant()
      const dead = await deadLetters()
      await publish(completed(box, randomUUID(), 'x'))
      await publish(completed(box, '1724107750-0000002a', 'x'))
      await publish(completed(shared, id, 'x'))
      await publish(completed(box, id, 'x', { tenant_uuid: foreign.uuid }))
      await publish(completed(box, id, 'the right one'))
      await eventsAfter(id, 2)
      expect(await textOf(box, id)).toBe('the right one')
      expect(await deadLetters()).toBe(dead)
    })

    it('what does not fit the schema goes to the dead letters, and the next one is handled', async () => {
      const { id } = await leave(box)
      const dead = await deadLetters()
      const { language: _language, ...incomplete } = completed(box, id, 'x')
      const bad = ['no JSON', '[]', '{"name": "x"}', incomplete, completed(box, id, 'x', { voicemail_id: 'x7' })]
      bad.push(completed(box, id, 'a\0b'), completed(box, id, 'x', { completed_at: 'yesterday' }))
      for (const data of bad) await publish(data)
      await publish(completed(box, id, 'fits'))
      await waitFor(async () => ((await deadLetters()) === dead + bad.length ? true : undefined), {
        what: 'dead letters',
      })
      await eventsAfter(id, 2)
      expect(await textOf(box, id)).toBe('fits')
    })

    // Last: the addresses of before are gone with the restart.
    it('nothing is missed while calld is away: the queue is durable', async () => {
      const { id } = await leave(box)
      await installation.lamplighter.stop()
      await publish(completed(box, id, 'while you were out'))
      installation = await installation.another({ AMQP_URL: amqpUrl })
      await waitFor(async () => (await textOf(box, id)) === 'while you were out' || undefined, { what: 'the text' })
    })

    async function deadLetters(): Promise<number> {
      const rows = await queryRows(installation.databaseUrl, 'SELECT id FROM dead_letter')
      return rows.length
    }
  })
})
