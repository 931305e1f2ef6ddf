import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Person,
  type RequestBody,
  request,
  type Tenant,
  TestInstallation,
  type Voicemail,
  wav,
} from './support.js'

type Message = {
  id: string
  folder: { id: number; type: string }
  timestamp: number
  duration: number
  empty: boolean
  voicemail: { id: number }
}

const CALLD = '/api/calld/1.0'

describe('calld', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let box: Voicemail
  let shared: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start({ LAMPLIGHTER_MAX_AUDIO_BYTES: '200000' })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
    shared = await installation.mailbox(tenant, { accesstype: 'global' })
  })
  afterAll(() => installation.stop())

  const url = (rest: string) => `${installation.url}${CALLD}${rest}`
  const admin = (rest: string, init: Parameters<typeof request>[1] = {}) =>
    request(url(rest), { token: tenant.admin.token, ...init })
  const own = (rest: string, init: Parameters<typeof request>[1] = {}) =>
    request(url(`/users/me/voicemails${rest}`), { token: anna.api.token, ...init })
  const deposit = (id: number, body: RequestBody, query = '', headers: Record<string, string> = {}) =>
    admin(`/voicemails/${id}/messages${query}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'audio/wav', ...headers },
    })

  async function audioFiles(): Promise<number> {
    const files = await readdir(path.join(installation.directory, 'audio'), { recursive: true, withFileTypes: true })
    return files.filter((file) => file.isFile()).length
  }

  describe('deposit', () => {
    it('answers 201 with the message as the user list shows it, and its Location', async () => {
      const { status, json, headers } = await deposit(
        box.id,
        wav(20_000),
        '?caller_id_name=Ada&caller_id_num=%2B15550100&timestamp=1700000000',
      )
      expect(status).toBe(201)
      expect(json).toMatchObject({
        caller_id_name: 'Ada',
        caller_id_num: '+15550100',
        timestamp: 1_700_000_000,
        duration: 3,
        empty: false,
        transcription: null,
        voicemail: { id: box.id, name: 'box', accesstype: 'personal' },
        folder: { id: 1, name: 'inbox', type: 'new' },
      })
      const listed = (await own('/messages')).json as { items: Message[] }
      expect(listed.items).toContainEqual(json)
      expect((await request(headers.get('location') ?? '', { token: tenant.admin.token })).status).toBe(200)
    })

    it('puts an urgent message into the urgent folder', async () => {
      expect((await deposit(box.id, wav(), '?urgent=true')).json).toMatchObject({ folder: { id: 3, type: 'urgent' } })
    })

    it('takes multipart with the facts before or after the audio', async () => {
      for (const order of ['meta first', 'audio first']) {
        const form = new FormData()
        const parts = [
          () => form.append('meta', JSON.stringify({ caller_id_num: order.length.toString() })),
          () => form.append('audio', new Blob([wav()]), '../../../etc/passwd'),
        ]
        for (const add of order === 'meta first' ? parts : parts.reverse()) add()
        const { status, json } = await admin(`/voicemails/${box.id}/messages`, { method: 'POST', body: form })
        expect([status, (json as { caller_id_num: string }).caller_id_num]).toEqual([201, String(order.length)])
      }
    })

    it('keeps exactly the bytes that were sent', async () => {
      const bytes = wav(500, Buffer.from('LIST....trailing'))
      const { json } = await deposit(box.id, bytes)
      const recording = await fetch(url(`/users/me/voicemails/messages/${(json as Message).id}/recording`), {
        headers: { 'x-auth-token': anna.api.token },
      })
      expect(Buffer.from(await recording.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
    })

    it.each([
      ['no WAV at all', 'hello'],
      ['nothing', ''],
      ['a cut header', wav().slice(0, 20)],
      ['MP3 in a WAV', (() => Uint8Array.from(wav()).fill(0x55, 20, 22))()],
      ['a RIFF of something else', Uint8Array.from(Buffer.from('RIFF....AVI LIST'))],
    ])('refuses %s with invalid-voicemail-recording and leaves nothing behind', async (_name, body) => {
      const before = await audioFiles()
      const { status, json } = await deposit(box.id, body)
      expect([status, (json as { error_id: string }).error_id]).toEqual([400, 'invalid-voicemail-recording'])
      expect(await audioFiles()).toBe(before)
    })

    it('refuses what is too large with 413 in the same envelope', async () => {
      const before = await audioFiles()
      const { status, json } = await deposit(box.id, wav(150_000))
      expect([status, json]).toEqual([
        413,
        expect.objectContaining({ error_id: 'payload-too-large', timestamp: expect.any(Number) }),
      ])
      expect(await audioFiles()).toBe(before)
    })

    it('answers 409 when the mailbox is full or disabled, and 404 when there is none', async () => {
      const full = await installation.mailbox(tenant, { accesstype: 'personal', max_messages: 1 })
      expect((await deposit(full.id, wav())).status).toBe(201)
      expect((await deposit(full.id, wav())).json).toMatchObject({ error_id: 'voicemail-full' })
      await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${full.id}`, { enabled: false })
      const disabled = await deposit(full.id, wav())
      expect([disabled.status, disabled.json]).toEqual([
        409,
        expect.objectContaining({ error_id: 'voicemail-disabled' }),
      ])
      expect((await deposit(2_000_000_000, wav())).status).toBe(404)
    })

    it('F-60 [B]: what a disabled mailbox holds can be read, moved and deleted', async () => {
      const mailbox = await installation.mailbox(tenant)
      const { id } = (await deposit(mailbox.id, wav())).json as { id: string }
      await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${mailbox.id}`, { enabled: false })
      const url = `${installation.url}/api/calld/1.0/voicemails/${mailbox.id}/messages/${id}`
      const { token } = tenant.admin
      const move = await request(url, { method: 'PUT', token, body: '{"folder_id": 2}' })
      expect([move.status, (await request(url, { token })).json]).toEqual([
        204,
        expect.objectContaining({ id, folder: { id: 2, name: 'old', type: 'old' } }),
      ])
      expect((await request(url, { method: 'DELETE', token })).status).toBe(204)
    })

    it('does a request with an idempotency key once, and says so', async () => {
      const mailbox = await installation.mailbox(tenant)
      const headers = { 'idempotency-key': randomUUID() }
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => deposit(mailbox.id, wav(), '?timestamp=5', headers)),
      )
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
      expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(4)
      expect((await admin(`/voicemails/${mailbox.id}/mwi`)).json).toMatchObject({ new: 1, version: 1 })
      const other = await deposit(mailbox.id, wav(9000), '?timestamp=5', headers)
      expect([other.status, other.json]).toEqual([
        409,
        expect.objectContaining({ error_id: 'idempotency-key-conflict' }),
      ])
    })

    it.each([
      '?timestamp=yesterday',
      '?urgent=maybe',
      '?color=red',
      `?caller_id_name=${'x'.repeat(81)}`,
      '?caller_id_num=a%0d%0ab',
      '?caller_id_num=a%00b',
    ])('refuses the facts %s with 400', async (query) => {
      expect((await deposit(box.id, wav(), query)).status).toBe(400)
    })
  })

  describe('messages', () => {
    it('are listed over the own and the shared mailboxes, oldest first, with one total', async () => {
      const { account, mailboxOf } = await newUser()
      for (const [id, timestamp] of [
        [mailboxOf.id, 30],
        [shared.id, 10],
        [mailboxOf.id, 20],
      ])
        await deposit(id ?? 0, wav(), `?timestamp=${timestamp}`)
      const list = async (query: string) =>
        (await request(url(`/users/me/voicemails/messages${query}`), { token: account.api.token })).json as {
          items: Message[]
          total: number
        }
      expect((await list('')).items.map(({ timestamp }) => timestamp)).toEqual([10, 20, 30])
      expect(
        (await list('?voicemail_type=personal&direction=desc&limit=1')).items.map(({ timestamp }) => timestamp),
      ).toEqual([30])
      expect((await list('?voicemail_type=personal&limit=1&offset=1')).items.map(({ timestamp }) => timestamp)).toEqual(
        [30],
      )
      expect(await list('?voicemail_type=global')).toMatchObject({
        total: 1,
        items: [{ voicemail: { id: shared.id } }],
      })
      expect(await list('?offset=99')).toEqual({ items: [], total: 3, filtered: 3 })
      expect((await list('?order=caller_id_name')).items).toHaveLength(3)
    })

    it.each(['?limit=0', '?limit=x', '?offset=-1', '?order=size', '?direction=up', '?voicemail_type=none', '?token=x'])(
      'refuses the list query %s',
      async (query) => {
        const { status, json } = await own(`/messages${query}`)
        expect([status, (json as { error_id: string }).error_id]).toEqual([400, 'invalid-data'])
      },
    )

    it('are read by moving them, move the counts, and are gone when deleted', async () => {
      const { account, mailboxOf } = await newUser()
      const id = ((await deposit(mailboxOf.id, wav(), '?urgent=true')).json as Message).id
      const counts = async () =>
        (await request(url('/users/me/voicemails/mwi?voicemail_type=personal'), { token: account.api.token })).json
      const message = (method: string, body?: string) =>
        request(url(`/users/me/voicemails/messages/${id}`), {
          method,
          token: account.api.token,
          ...(body ? { body } : {}),
        })
      expect(await counts()).toEqual({ new: 1, old: 0, urgent_new: 1, urgent_old: 0, messages_waiting: true })
      expect((await message('PUT', '{"folder_id": 2}')).status).toBe(204)
      expect(await counts()).toEqual({ new: 0, old: 1, urgent_new: 0, urgent_old: 1, messages_waiting: false })
      expect((await message('PUT', '{"folder_id": 2}')).status).toBe(204)
      expect((await admin(`/voicemails/${mailboxOf.id}/mwi`)).json).toMatchObject({ version: 3 })
      expect((await message('PUT', '{"folder_id": 7}')).json).toMatchObject({ error_id: 'no-such-voicemail-folder' })
      for (const body of ['', '[]', '{}', '{"folder_id": null}', '{"folder_id": true}', '{"folder_id": 2, "x": 1}'])
        expect((await message('PUT', body)).status).toBe(400)
      expect((await message('DELETE')).status).toBe(204)
      expect((await message('DELETE')).json).toMatchObject({
        error_id: 'no-such-voicemail-message',
        details: { message_id: id },
      })
      expect(await counts()).toEqual({ new: 0, old: 0, urgent_new: 0, urgent_old: 0, messages_waiting: false })
    })

    it('of a shared mailbox are everybody’s: read, moved and deleted by any user of the tenant', async () => {
      const { account } = await newUser()
      const id = ((await deposit(shared.id, wav())).json as Message).id
      for (const init of [{}, { method: 'PUT', body: '{"folder_id": 4}' }, { method: 'DELETE' }]) {
        const { status } = await request(url(`/users/me/voicemails/messages/${id}`), {
          token: account.api.token,
          ...init,
        })
        expect(status).toBeLessThan(300)
      }
    })

    it('are shown in all six folders, newest first, and a folder alone', async () => {
      const { account, mailboxOf } = await newUser()
      for (const timestamp of [1, 3, 2]) await deposit(mailboxOf.id, wav(), `?timestamp=${timestamp}`)
      const whole = (await request(url('/users/me/voicemails'), { token: account.api.token })).json as {
        folders: { type: string; messages: Message[] }[]
      }
      expect(whole.folders.map(({ type }) => type)).toEqual(['new', 'old', 'urgent', 'other', 'other', 'other'])
      expect(whole.folders[0]?.messages.map(({ timestamp }) => timestamp)).toEqual([3, 2, 1])
      const inbox = (await request(url('/users/me/voicemails/folders/1'), { token: account.api.token })).json as {
        messages: Message[]
      }
      expect(inbox.messages).toEqual(whole.folders[0]?.messages)
      const nobody = await installation.account(tenant.uuid)
      expect((await request(url('/users/me/voicemails'), { token: nobody.api.token })).json).toMatchObject({
        error_id: 'no-such-user-voicemail',
      })
      expect(
        (await request(url('/users/me/voicemails/messages?voicemail_type=personal'), { token: nobody.api.token })).json,
      ).toEqual({ items: [], total: 0, filtered: 0 })
    })

    it.each([
      ['/voicemails/x', 400, 'invalid-voicemail-id'],
      ['/voicemails/99999999999', 404, 'no-such-voicemail'],
      ['/voicemails/-1/messages/a', 400, 'invalid-voicemail-id'],
      ['/voicemails/1/folders/x', 400, 'invalid-voicemail-folder-id'],
      ['/users/me/voicemails/messages/a_b', 400, 'invalid-voicemail-message-id'],
      ['/users/me/voicemails/messages/a-b', 404, 'no-such-voicemail-message'],
    ])('have ids that are checked: %s is %i %s', async (path, status, errorId) => {
      const answer = await request(url(path), { token: path.includes('/me/') ? anna.api.token : tenant.admin.token })
      expect([answer.status, (answer.json as { error_id: string }).error_id]).toEqual([status, errorId])
    })
  })

  describe('recordings', () => {
    it('are whole, in ranges, not sent twice, and as an attachment when asked', async () => {
      const { json } = await deposit(box.id, wav(100))
      const path = `/users/me/voicemails/messages/${(json as Message).id}/recording`
      const get = (headers: Record<string, string> = {}, query = '') =>
        fetch(url(path + query), { headers: { 'x-auth-token': anna.api.token, ...headers } })
      const whole = await get()
      const bytes = Buffer.from(await whole.arrayBuffer())
      expect([
        whole.status,
        whole.headers.get('content-type'),
        whole.headers.get('content-disposition'),
        bytes.length,
      ]).toEqual([200, 'audio/wav', null, 244])
      const part = await get({ range: 'bytes=4-7' })
      expect([
        part.status,
        part.headers.get('content-range'),
        Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(4, 8)),
      ]).toEqual([206, 'bytes 4-7/244', true])
      expect((await get({ range: 'bytes=-4' })).headers.get('content-range')).toBe('bytes 240-243/244')
      expect((await get({ range: 'bytes=244-' })).status).toBe(416)
      expect((await get({ 'if-none-match': whole.headers.get('etag') ?? '' })).status).toBe(304)
      expect((await get({}, '?download=1')).headers.get('content-disposition')).toBe(
        `attachment;filename=vm-msg-${(json as Message).id}.wav`,
      )
      expect((await fetch(url(`${path}?token=${anna.api.token}`))).status).toBe(200)
      expect((await fetch(url(path), { method: 'HEAD', headers: { 'x-auth-token': anna.api.token } })).status).toBe(200)
      expect((await fetch(url(`/users/me/voicemails/messages?token=${anna.api.token}`))).status).toBe(401)
    })

    it('do not mark the message read', async () => {
      const { json } = await deposit(box.id, wav())
      const before = (await admin(`/voicemails/${box.id}/mwi`)).text
      for (let times = 0; times < 5; times++) await own(`/messages/${(json as Message).id}/recording`)
      expect((await admin(`/voicemails/${box.id}/mwi`)).text).toBe(before)
    })
  })

  describe('the framework', () => {
    it.each([
      ['GET', '/nowhere', 404, { message: 'there is no such path' }],
      ['PATCH', '/users/me/voicemails', 405, { message: 'the method is not allowed here' }],
      ['GET', '/users/me/voicemails/', 404, { message: 'there is no such path' }],
    ])('%s %s is %i before any look at the token', async (method, path, status, body) => {
      const answer = await request(url(path), { method })
      expect([answer.status, answer.json]).toEqual([status, body])
    })

    it('answers a missing, a wrong and an insufficient token with 401 and never repeats the token', async () => {
      const secret = 'not-a-token-but-secret'
      for (const token of [undefined, secret]) {
        const { status, json, text } = await request(url('/users/me/voicemails'), { token })
        expect([status, json]).toEqual([
          401,
          expect.objectContaining({
            error_id: 'unauthorized',
            details: expect.objectContaining({ reason: 'not_found_or_expired' }),
          }),
        ])
        expect(text).not.toContain(secret)
      }
      const weak = await installation.accountWith(tenant.uuid, ['calld.users.me.#'])
      const { json } = await request(url(`/voicemails/${box.id}`), { token: weak.api.token })
      expect(json).toMatchObject({
        details: {
          reason: 'missing_permission_or_invalid_tenant',
          required_access: `calld.voicemails.${box.id}.read`,
          tenant_uuid: null,
        },
      })
    })
  })

  async function newUser(): Promise<{ account: Person; mailboxOf: Voicemail }> {
    const account = await installation.account(tenant.uuid)
    return { account, mailboxOf: await installation.mailbox(tenant, {}, [account]) }
  }
})
