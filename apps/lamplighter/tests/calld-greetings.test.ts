import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { openDatabase, Store } from '@lamplighter/store'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { queryRows } from './database.js'
import {
  type Person,
  type RequestBody,
  request,
  type Tenant,
  TestInstallation,
  type Voicemail,
  wav,
} from './support.js'

const CALLD = '/api/calld/1.0'
const NAMES = ['unavailable', 'busy', 'name']

describe('greetings', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let box: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start({ LAMPLIGHTER_MAX_AUDIO_BYTES: '200000' })
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())
  beforeEach(async () => {
    anna = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
  })

  type Init = { method?: string; body?: RequestBody; headers?: Record<string, string>; token?: string }
  const call = (rest: string, { token = tenant.admin.token, ...init }: Init = {}) =>
    request(`${installation.url}${CALLD}${rest}`, { token, ...init })
  /** The three path families, as the person who uses each would call it. */
  const families = () => [
    { base: `/voicemails/${box.id}`, token: tenant.admin.token },
    { base: '/users/me/voicemails', token: anna.api.token },
    { base: `/users/me/voicemails/all/${box.id}`, token: anna.api.token },
  ]
  const upload = (method: string, rest: string, body: RequestBody = wav(), init: Init = {}) =>
    call(rest, { method, body, ...init, headers: { 'content-type': 'audio/wav', ...init.headers } })
  const record = (name: string, bytes = wav(), id = box.id) =>
    upload('POST', `/voicemails/${id}/greetings/${name}`, bytes)
  const play = (rest: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${installation.url}${CALLD}${rest}`, { method, headers: { 'x-auth-token': tenant.admin.token, ...headers } })
  const outcome = ({ status, json }: { status: number; json: unknown }) => {
    const { error_id: errorId, details } = (json ?? {}) as { error_id?: string; details?: object }
    return [status, errorId, details]
  }
  const missing = (greeting: string) => [404, 'no-such-voicemail-greeting', { greeting }]

  describe('3.7 [C]: one after the other', () => {
    it.each(NAMES)(
      'POST 204 then 409, GET, HEAD, PUT 204, DELETE 204 and again 204: %s, on each path',
      async (name) => {
        for (const { base, token } of families()) {
          const at = `${base}/greetings/${name}`
          expect(outcome(await upload('PUT', at, wav(), { token }))).toEqual(missing(name))
          expect((await call(at, { method: 'HEAD', token })).status).toBe(404)
          expect(outcome(await call(at, { token }))).toEqual(missing(name))
          expect((await call(at, { method: 'DELETE', token })).status).toBe(204)
          expect((await upload('POST', at, wav(10), { token })).status).toBe(204)
          expect(outcome(await upload('POST', at, wav(20), { token }))).toEqual([
            409,
            'voicemail-greeting-already-exists',
            { greeting: name },
          ])
          expect((await call(at, { method: 'HEAD', token })).status).toBe(200)
          expect((await upload('PUT', at, wav(30), { token })).status).toBe(204)
          expect((await call(at, { token })).headers.get('content-length')).toBe('104')
          expect((await call(at, { method: 'DELETE', token })).status).toBe(204)
          expect((await call(at, { token })).status).toBe(404)
        }
      },
    )

    it('GET answers the bytes exactly as uploaded, as an attachment, whatever download says', async () => {
      const bytes = wav(500, Buffer.from('LIST....behind'))
      await record('busy', bytes)
      for (const query of ['', '?download=0', '?download=1']) {
        const answer = await play(`/voicemails/${box.id}/greetings/busy${query}`)
        expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([
          200,
          'audio/wav',
          'attachment;filename=vm-greeting-busy.wav',
        ])
        expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
      }
    })

    it('HEAD has the headers of GET and no body (1.11, 1.13)', async () => {
      await record('name', wav(7))
      const answer = await play(`/voicemails/${box.id}/greetings/name`, { range: 'bytes=0-3' }, 'HEAD')
      expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '58', ''])
    })

    it.each([...NAMES.map((name) => ['DELETE', name]), ['GET', 'unavailable']])(
      'a name is one of three and never 400: %s beside %s',
      async (method, name) => {
        for (const { base, token } of families())
          expect(outcome(await call(`${base}/greetings/${name}s`, { method, token }))).toEqual(missing(`${name}s`))
      },
    )

    it.each(['audio/x-wav', 'application/octet-stream', 'application/json', 'text/plain', 'x'])(
      'any content type but a form is taken: %s',
      async (type) => {
        const { status } = await upload('POST', `/voicemails/${box.id}/greetings/busy`, wav(), {
          headers: { 'content-type': type },
        })
        expect(status).toBe(204)
      },
    )
  })

  describe('3.7: what is wrong with the audio', () => {
    const refusal = (name: string) => [400, 'invalid-voicemail-greeting', expect.objectContaining({ greeting: name })]

    it.each(['POST', 'PUT'])('an empty body is 400 for %s [C]', async (method) => {
      if (method === 'PUT') await record('busy')
      expect(outcome(await upload(method, `/voicemails/${box.id}/greetings/busy`, ''))).toEqual(refusal('busy'))
    })

    it.each(['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'])(
      'a form counts as an empty body, even with audio in it [C]: %s',
      async (type) => {
        const answer = await upload('POST', `/voicemails/${box.id}/greetings/busy`, wav(), {
          headers: { 'content-type': type },
        })
        expect(outcome(answer)).toEqual(refusal('busy'))
      },
    )

    it.each([
      ['text', 'hello'],
      ['a cut header', wav().slice(0, 20)],
      ['MP3 in a WAV', Uint8Array.from(wav()).fill(0x55, 20, 22)],
      ['a RIFF of something else', Uint8Array.from(Buffer.from('RIFF....AVI LIST'))],
    ])('F-48 [B]: %s is refused, and what was there stays', async (_name, body) => {
      await record('busy', wav(11))
      const before = await audioFiles()
      expect(outcome(await upload('PUT', `/voicemails/${box.id}/greetings/busy`, body))).toEqual(refusal('busy'))
      expect(await audioFiles()).toBe(before)
      expect((await call(`/voicemails/${box.id}/greetings/busy`)).headers.get('content-length')).toBe('66')
    })

    it.each([
      ['stereo at 44.1 kHz', { channels: 2, rate: 44_100 }],
      ['stereo at 8 kHz', { channels: 2, rate: 8_000 }],
      ['µ-law', { tag: 7, rate: 8_000 }],
      ['A-law at 16 kHz', { tag: 6, rate: 16_000 }],
    ])('F-48 [B], 3.7 [B]: %s is converted to what every telephone system plays', async (_name, shape) => {
      const before = await audioFiles()
      expect((await record('busy', halfSecond(shape))).status).toBe(204)
      expect(await audioFiles()).toBe(before + 1)
      const answer = await play(`/voicemails/${box.id}/greetings/busy`)
      const bytes = Buffer.from(await answer.arrayBuffer())
      expect(bytes).toHaveLength(44 + 8_000)
      expect(bytes.subarray(0, 44)).toEqual(Buffer.from(wav(4_000)).subarray(0, 44))
      expect(bytes.readInt16LE(44 + 4_000)).toBeCloseTo(8_031, -3)
    })

    it('3.7 [B]: what telephones play already stays byte for byte', async () => {
      const upload = wav(4_000).fill(7, 44)
      await record('busy', upload)
      const answer = await play(`/voicemails/${box.id}/greetings/busy`)
      expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(upload))).toBe(true)
    })

    it('too much is 413 in the envelope of calld and leaves nothing behind', async () => {
      const before = await audioFiles()
      const answer = await upload('POST', `/voicemails/${box.id}/greetings/busy`, wav(150_000))
      expect(outcome(answer).slice(0, 2)).toEqual([413, 'payload-too-large'])
      expect(await audioFiles()).toBe(before)
    })
  })

  describe('3.7 [C]: the order of checks', () => {
    const nowhere = 2_000_000_000

    it('a voicemail id that is no integer is 400 before the name is looked at', async () => {
      const malformed = [400, 'invalid-voicemail-id', { voicemail_id: 'x' }]
      for (const method of ['POST', 'PUT', 'GET', 'DELETE'])
        expect(outcome(await call('/voicemails/x/greetings/nope', { method }))).toEqual(malformed)
      expect(outcome(await call('/voicemails/x/greetings/nope/copy', { method: 'POST' }))).toEqual(malformed)
    })

    it('a bad name is 404 even for POST with a bad body and a mailbox that is not there', async () => {
      expect(outcome(await upload('POST', `/voicemails/${nowhere}/greetings/nope`, ''))).toEqual(missing('nope'))
      expect(outcome(await upload('POST', `/voicemails/${nowhere}/greetings/nope/copy`, ''))).toEqual(missing('nope'))
    })

    it('a bad body is 400 before the mailbox is looked for', async () => {
      expect((await upload('POST', `/voicemails/${nowhere}/greetings/busy`, '')).status).toBe(400)
      expect((await upload('PUT', `/voicemails/${nowhere}/greetings/busy`, 'no wav')).status).toBe(400)
      expect((await upload('POST', `/voicemails/${nowhere}/greetings/busy/copy`, '{}')).status).toBe(400)
    })

    it('a bad body is 400 before 409 and before the 404 of a greeting that is not recorded', async () => {
      expect((await upload('PUT', `/voicemails/${box.id}/greetings/busy`, '')).status).toBe(400)
      await record('busy')
      expect((await upload('POST', `/voicemails/${box.id}/greetings/busy`, '')).status).toBe(400)
    })

    it('the mailbox is 404 before the source', async () => {
      const gone = [404, 'no-such-voicemail', { voicemail_id: nowhere }]
      expect(outcome(await upload('POST', `/voicemails/${nowhere}/greetings/busy`))).toEqual(gone)
      expect(outcome(await upload('PUT', `/voicemails/${nowhere}/greetings/busy`))).toEqual(gone)
      expect(outcome(await copy('busy', 'name', nowhere))).toEqual(gone)
      for (const method of ['GET', 'DELETE'])
        expect(outcome(await call(`/voicemails/${nowhere}/greetings/busy`, { method }))).toEqual(gone)
    })

    it('a user without a mailbox gets no-such-user-voicemail (3.4)', async () => {
      const nobody = await installation.account(tenant.uuid)
      for (const method of ['GET', 'DELETE'])
        expect(outcome(await call('/users/me/voicemails/greetings/busy', { method, token: nobody.api.token }))).toEqual(
          [404, 'no-such-user-voicemail', { user_uuid: nobody.uuid }],
        )
    })
  })

  const copy = (from: string, to: unknown, id: number = box.id, body: object = { dest_greeting: to }) =>
    call(`/voicemails/${id}/greetings/${from}/copy`, { method: 'POST', body: JSON.stringify(body) })

  describe('3.7: copies', () => {
    it('create and overwrite, also onto themselves [C]', async () => {
      await record('unavailable', wav(5))
      expect((await copy('unavailable', 'busy')).status).toBe(204)
      expect((await call(`/voicemails/${box.id}/greetings/busy`)).headers.get('content-length')).toBe('54')
      await upload('PUT', `/voicemails/${box.id}/greetings/unavailable`, wav(6))
      expect((await copy('unavailable', 'busy')).status).toBe(204)
      expect((await call(`/voicemails/${box.id}/greetings/busy`)).headers.get('content-length')).toBe('56')
      expect((await copy('busy', 'busy')).status).toBe(204)
    })

    it('work on every path and outlive their source [C]', async () => {
      for (const { base, token } of families()) {
        await upload('POST', `${base}/greetings/name`, wav(5), { token })
        const body = JSON.stringify({ dest_greeting: 'busy' })
        expect((await call(`${base}/greetings/name/copy`, { method: 'POST', body, token })).status).toBe(204)
        await call(`${base}/greetings/name`, { method: 'DELETE', token })
        expect((await call(`${base}/greetings/busy`, { token })).status).toBe(200)
      }
    })

    it('need a source [C]', async () => {
      expect(outcome(await copy('name', 'busy'))).toEqual(missing('name'))
    })

    it('to a bad name are 400 with the choices [C]', async () => {
      await record('name')
      const { status, json } = await copy('name', 'nope')
      expect([status, json]).toEqual([
        400,
        expect.objectContaining({
          error_id: 'invalid-data',
          details: {
            dest_greeting: [{ constraint_id: 'enum', constraint: { choices: NAMES }, message: expect.any(String) }],
          },
        }),
      ])
    })

    it.each([
      ['null', { dest_greeting: null }],
      ['an unknown key', { dest_greeting: 'busy', color: 'red' }],
    ])('refuse %s [C]', async (_name, body) => {
      await record('name')
      expect(outcome(await copy('name', '', box.id, body)).slice(0, 2)).toEqual([400, 'invalid-data'])
    })

    it('without a destination are 400, not 500 [B]', async () => {
      await record('name')
      expect(outcome(await copy('name', '', box.id, {}))).toEqual([
        400,
        'invalid-data',
        { dest_greeting: ['is required'] },
      ])
    })

    it('with an empty body are 400 [C]', async () => {
      await record('name')
      const { status } = await call(`/voicemails/${box.id}/greetings/name/copy`, { method: 'POST', body: '' })
      expect(status).toBe(400)
    })
  })

  describe('who reaches them (3.6)', () => {
    it('a global mailbox’s are reached by its id only, and under our path for everyone [C]', async () => {
      const shared = await installation.mailbox(tenant, { accesstype: 'global' })
      const user = await installation.account(tenant.uuid)
      await record('busy', wav(), shared.id)
      expect((await call('/users/me/voicemails/greetings/busy', { token: user.api.token })).status).toBe(404)
      expect((await call(`/voicemails/${shared.id}/greetings/busy`, { token: user.api.token })).status).toBe(401)
      expect(
        (await call(`/users/me/voicemails/all/${shared.id}/greetings/busy`, { token: user.api.token })).status,
      ).toBe(200)
    })

    it('a member needs the right to greet for every operation: 403, and out of reach 404', async () => {
      const member = await installation.account(tenant.uuid)
      const at = `/users/me/voicemails/all/${box.id}/greetings/busy`
      const all = () =>
        Promise.all([
          upload('POST', at, wav(), { token: member.api.token }),
          upload('PUT', at, wav(), { token: member.api.token }),
          ...['GET', 'DELETE'].map((method) => call(at, { method, token: member.api.token })),
          call(`${at}/copy`, { method: 'POST', body: '{"dest_greeting": "name"}', token: member.api.token }),
        ])
      for (const answer of await all()) expect(outcome(answer).slice(0, 2)).toEqual([404, 'no-such-voicemail'])
      await share(member, 7)
      for (const answer of await all())
        expect(outcome(answer)).toEqual([403, 'mailbox-right-missing', { voicemail_id: box.id, right: 'greet' }])
      await share(member, 8)
      expect((await upload('POST', at, wav(), { token: member.api.token })).status).toBe(204)
    })

    it('a mailbox of another tenant is not there', async () => {
      const other = await installation.tenant()
      for (const rest of [`/voicemails/${box.id}`, `/users/me/voicemails/all/${box.id}`])
        expect((await call(`${rest}/greetings/busy`, { token: other.admin.token })).status).toBe(404)
    })
  })

  describe('better than the peer', () => {
    it('F-60 [B]: greetings of a disabled mailbox can be recorded and deleted', async () => {
      await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, { enabled: false })
      expect((await record('busy')).status).toBe(204)
      expect((await call(`/voicemails/${box.id}/greetings/busy`, { method: 'DELETE' })).status).toBe(204)
    })

    it('F-26 [B]: ranges, validators and conditional requests, as for recordings', async () => {
      await record('busy', wav(100))
      const at = `/voicemails/${box.id}/greetings/busy`
      const etag = (await play(at)).headers.get('etag') ?? ''
      const part = await play(at, { range: 'bytes=8-11' })
      expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
        206,
        'bytes 8-11/244',
        'WAVE',
      ])
      expect((await play(at, { range: 'bytes=244-' })).status).toBe(416)
      expect((await play(at, { 'if-none-match': etag })).status).toBe(304)
      await upload('PUT', at, wav(101))
      expect((await play(at, { 'if-none-match': etag })).status).toBe(200)
      expect((await play(at, { range: 'bytes=8-11', 'if-range': etag })).status).toBe(200)
    })

    it('a POST with an Idempotency-Key happens once; with other audio it is a conflict', async () => {
      const at = `/voicemails/${box.id}/greetings/busy`
      const headers = { 'idempotency-key': randomUUID() }
      const answers = await Promise.all(Array.from({ length: 4 }, () => upload('POST', at, wav(9), { headers })))
      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204])
      expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(3)
      expect(outcome(await upload('POST', at, wav(10), { headers })).slice(0, 2)).toEqual([
        409,
        'idempotency-key-conflict',
      ])
    })

    it('of 10 uploads at once one creates the greeting', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => record('name', wav(100 + n))))
      expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(409)])
    })

    it('every change, and nothing else, is an event and an audit entry in its own transaction', async () => {
      await record('busy')
      for (const _twice of [1, 2]) await upload('PUT', `/voicemails/${box.id}/greetings/busy`, wav(7))
      await copy('busy', 'name')
      await copy('busy', 'name')
      await call(`/voicemails/${box.id}/greetings/busy`)
      for (const _twice of [1, 2]) await call(`/voicemails/${box.id}/greetings/busy`, { method: 'DELETE' })
      await record('name')
      await upload('PUT', `/voicemails/${box.id}/greetings/name`, wav(7))
      const expected = [
        ['busy', 'created'],
        ['busy', 'replaced'],
        ['name', 'copied'],
        ['busy', 'deleted'],
      ]
      const events = await queryRows<{ body: string; required_acl: string }>(
        installation.databaseUrl,
        `SELECT body, required_acl FROM event WHERE name = 'voicemail_greeting_changed'
           AND body::jsonb #>> '{data,voicemail_id}' = $1 ORDER BY id`,
        [String(box.id)],
      )
      expect(events.map(({ body }) => JSON.parse(body).data)).toEqual(
        expected.map(([greeting, action]) => ({ voicemail_id: box.id, greeting, action })),
      )
      expect(events[0]?.required_acl).toBe('events.voicemails.greetings.changed')
      const entries = await queryRows<{ action: string; details: { greeting: string }; actor_uuid: string }>(
        installation.databaseUrl,
        "SELECT action, details, actor_uuid FROM audit WHERE mailbox_id = $1 AND action LIKE 'greeting.%' ORDER BY id",
        [box.id],
      )
      expect(entries.map(({ action, details }) => [details.greeting, action])).toEqual(
        expected.map(([greeting, action]) => [greeting, `greeting.${action}`]),
      )
      expect(new Set(entries.map((entry) => entry.actor_uuid)).size).toBe(1)
    })

    it('audio that was replaced or deleted is swept, audio that a copy shares is not', async () => {
      const database = openDatabase(installation.databaseUrl, { connections: 1 })
      const store = new Store(database, randomUUID(), () => {})
      const named = async () => store.namedAudio(await audioKeys())
      const before = await named()
      await record('unavailable', wav(1))
      await copy('unavailable', 'busy')
      expect((await named()).size).toBe(before.size + 1)
      await upload('PUT', `/voicemails/${box.id}/greetings/unavailable`, wav(2))
      await upload('PUT', `/voicemails/${box.id}/greetings/unavailable`, wav(3))
      expect((await named()).size).toBe(before.size + 2)
      for (const name of ['unavailable', 'busy'])
        await call(`/voicemails/${box.id}/greetings/${name}`, { method: 'DELETE' })
      expect(await named()).toEqual(before)
      await database.close()
    })
  })

  /** Makes somebody a member of the mailbox with these rights (bits). */
  async function share({ uuid }: Person, rights: number): Promise<void> {
    await queryRows(installation.databaseUrl, 'DELETE FROM mailbox_member WHERE mailbox_id = $1', [box.id])
    await queryRows(
      installation.databaseUrl,
      'INSERT INTO mailbox_member (mailbox_id, tenant_uuid, user_uuid, rights) VALUES ($1, $2, $3, $4)',
      [box.id, tenant.uuid, uuid, rights],
    )
  }

  async function audioKeys(): Promise<string[]> {
    const root = path.join(installation.directory, 'audio')
    const files = await readdir(root, { recursive: true, withFileTypes: true })
    return files
      .filter((file) => file.isFile())
      .map((file) => path.relative(root, path.join(file.parentPath, file.name)))
  }

  async function audioFiles(): Promise<number> {
    return (await audioKeys()).length
  }
})

/** Half a second of a level of about 8031, which G.711 has too, in one of the forms a recorder writes. */
function halfSecond({ tag = 1, channels = 1, rate }: { tag?: number; channels?: number; rate: number }) {
  const level = tag === 1 ? Buffer.from([0x5f, 0x1f]) : Buffer.from([tag === 7 ? 0xa0 : 0x8a])
  const samples = Buffer.alloc((level.length * channels * rate) / 2, level)
  const header = Buffer.from(wav(0))
  header.writeUInt16LE(tag, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * channels * level.length, 28)
  header.writeUInt16LE(channels * level.length, 32)
  header.writeUInt16LE(level.length * 8, 34)
  header.writeUInt32LE(samples.length, 40)
  return Uint8Array.from(Buffer.concat([header, samples]))
}
