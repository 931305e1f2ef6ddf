import { createLogger } from '@lamplighter/runtime'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { queryRows } from './database.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CALLD = '/api/calld/1.0'

describe('S11: recording links', () => {
  const lines: string[] = []
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let box: Voicemail
  let id: string

  beforeAll(async () => {
    installation = await TestInstallation.start({}, createLogger('trace', { write: (line) => void lines.push(line) }))
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
  })
  afterAll(() => installation.stop())
  beforeEach(async () => {
    id = (await tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})).id
  })

  type Made = { url: string; expires_at: string }
  const byId = () => ({ at: `/voicemails/${box.id}/messages/${id}/recording/link`, token: tenant.admin.token })
  const own = () => ({ at: `/users/me/voicemails/messages/${id}/recording/link`, token: anna.api.token })
  const make = ({ at, token } = own(), body?: string) =>
    request(installation.url + CALLD + at, { method: 'POST', token, ...(body === undefined ? {} : { body }) })
  const made = async (body?: string) => (await make(own(), body)).json as Made
  const failure = async (url: string) => {
    const { status, json } = await request(url)
    return [status, (json as { error_id?: string }).error_id]
  }

  it('are made on both paths and play the message without a token', async () => {
    for (const family of [byId(), own()]) {
      const { status, json } = await make(family)
      expect([status, json]).toEqual([201, { url: expect.any(String), expires_at: expect.stringMatching(/Z$/) }])
      const answer = await fetch((json as Made).url)
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([
        200,
        'audio/wav',
        null,
      ])
      expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(wav(100)))).toBe(true)
    }
  })

  it('play as recordings do: download, ranges, validators, HEAD, unknown query parameters', async () => {
    const { url } = await made()
    expect((await fetch(`${url}?download=1&x=1`)).headers.get('content-disposition')).toBe(
      `attachment;filename=vm-msg-${id}.wav`,
    )
    expect((await fetch(url, { headers: { range: 'bytes=0-3' } })).status).toBe(206)
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '244'])
    expect((await fetch(url, { headers: { 'if-none-match': head.headers.get('etag') ?? '' } })).status).toBe(304)
  })

  it('are made once per Idempotency-Key, and no link is kept for it', async () => {
    const repeated = () =>
      request(`${installation.url}${CALLD}${own().at}`, {
        method: 'POST',
        token: anna.api.token,
        headers: { 'idempotency-key': id },
      })
    const [first, again] = [await repeated(), await repeated()]
    expect([again.status, again.headers.get('idempotency-replayed'), again.json]).toEqual([201, 'true', first.json])
    const kept = await queryRows(installation.databaseUrl, 'SELECT response::text FROM idempotency_key')
    expect(JSON.stringify(kept)).not.toContain((first.json as Made).url.split('/').at(-1))
  })

  it.each(['POST', 'PUT', 'DELETE'])('are for reading only: %s is 405', async (method) => {
    expect((await fetch((await made()).url, { method })).status).toBe(405)
  })

  it('live for a minute, or for 1 to 300 seconds as asked', async () => {
    const lifetime = async (body?: string) => (Date.parse((await made(body)).expires_at) - Date.now()) / 1000
    expect(await lifetime()).toBeCloseTo(60, -1)
    expect(await lifetime('{}')).toBeCloseTo(60, -1)
    expect(await lifetime('{"expires_in_s": 300}')).toBeCloseTo(300, -1)
    for (const value of ['0', '301', 'null', '"x"', '1.5', 'true'])
      expect((await make(own(), `{"expires_in_s": ${value}}`)).json, value).toMatchObject({ error_id: 'invalid-data' })
    expect((await make(own(), '{"x": 1}')).status).toBe(400)
    expect((await make(own(), 'x')).status).toBe(400)
  })

  it('open nothing after they expired: 403 link-expired', async () => {
    const { url } = await made('{"expires_in_s": 1}')
    expect((await fetch(url)).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(await failure(url)).toEqual([403, 'link-expired'])
  })

  it('open nothing after they were changed: 403 link-invalid', async () => {
    const { url } = await made()
    const other = (await tenant.admin.deposit<{ id: string }>(box.id, wav(5), {})).id
    const [head, text = '', signature] = url.match(/^(.*\/)([^/.]+)\.([^/.]+)$/)?.slice(1) ?? []
    const claims = Buffer.from(text, 'base64url').toString().replace(id, other)
    const forged = `${head}${Buffer.from(claims).toString('base64url')}.${signature}`
    for (const changed of [forged, `${url}x`, url.slice(0, -1), `${head}x`, `${head}${'x'.repeat(1500)}`, `${head}%00`])
      expect((await failure(changed))[0], changed).toBeGreaterThanOrEqual(403)
    expect(await failure(forged)).toEqual([403, 'link-invalid'])
  })

  it('die with the message: 404', async () => {
    const { url } = await made()
    await anna.api.call('DELETE', `${CALLD}/users/me/voicemails/messages/${id}`)
    expect(await failure(url)).toEqual([404, 'no-such-voicemail-message'])
  })

  it('need a token that holds the access, a message in reach, and the right to listen', async () => {
    expect((await make({ ...byId(), token: anna.api.token })).status).toBe(401)
    const stranger = await installation.account(tenant.uuid)
    expect((await make({ ...own(), token: stranger.api.token })).status).toBe(404)
    await queryRows(
      installation.databaseUrl,
      'INSERT INTO mailbox_member (mailbox_id, tenant_uuid, user_uuid, rights) VALUES ($1, $2, $3, 8)',
      [box.id, tenant.uuid, stranger.uuid],
    )
    expect((await make({ ...own(), token: stranger.api.token })).json).toMatchObject({
      error_id: 'mailbox-right-missing',
      details: { right: 'listen' },
    })
  })

  it('are audited as listened by their maker: once per play from the beginning, not for HEAD or the rest', async () => {
    const { url } = await made()
    await fetch(url, { method: 'HEAD' })
    await fetch(url, { headers: { range: 'bytes=100-' } })
    await fetch(url, { headers: { range: 'bytes=0-99' } })
    await fetch(url)
    const entries = await queryRows<object>(
      installation.databaseUrl,
      'SELECT actor_uuid, action, mailbox_id, details FROM audit WHERE message_id = $1 ORDER BY id',
      [id],
    )
    const heard = { actor_uuid: anna.uuid, action: 'message.listened', mailbox_id: box.id, details: { via: 'link' } }
    expect(entries).toEqual([heard, heard])
  })

  it('are in no log line, whatever becomes of them', async () => {
    const { url } = await made()
    const link = url.split('/').at(-1) ?? ''
    await fetch(url)
    await fetch(`${url}?download=1`)
    await fetch(`${url}x`)
    await fetch(url, { method: 'PUT' })
    await fetch(`${url}/more`)
    const log = lines.join('')
    expect(log).toContain('/recordings/[redacted]')
    expect(log).not.toContain(link)
    expect(log).not.toContain(link.split('.')[1])
  })
})
