import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request, type Tenant, TestInstallation, type Voicemail } from './support.js'

const SOURCES = '/api/confd/1.1/mwi-sources'

type Source = { uuid: string; secret?: string; has_secret: boolean }

describe('sources of message-waiting counts', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let fed: Voicemail
  let subscribed: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    fed = await installation.mailbox(tenant, { external: { source: 'notify' } })
    subscribed = await installation.mailbox(tenant, { external: { source: 'subscribe' } })
  })
  afterAll(() => installation.stop())

  const call = (method: string, path: string, body?: object, token = tenant.admin.token) =>
    request(installation.url + path, { method, token, ...(body && { body: JSON.stringify(body) }) })
  const create = async (body: object) => {
    const { status, json, text } = await call('POST', SOURCES, body)
    expect(status, text).toBe(201)
    return json as Source
  }
  const stored = async () => {
    const { Pool } = (await import('pg')).default
    const pool = new Pool({ connectionString: installation.databaseUrl, max: 1 })
    const { rows } = await pool.query('SELECT to_jsonb(s)::text AS row FROM mwi_source s')
    await pool.end()
    return rows.map(({ row }) => row as string).join('\n')
  }

  it('read one line as the fields it stands for, and never show a secret again', async () => {
    const address = '1001:far-too-secret:auth@sip.example.net:5070/200@default'
    const fields = { name: 'upstream', kind: 'subscribe', voicemail_id: subscribed.id, enabled: false, address }
    const created = await create(fields)
    expect(created).toMatchObject({
      username: '1001',
      auth_username: 'auth',
      targets: [{ host: 'sip.example.net', port: 5070, transport: null }],
      remote_voicemail: '200@default',
      has_secret: true,
      status: { state: 'idle', last_status: null, last_heard_at: null },
    })
    const path = `${SOURCES}/${created.uuid}`
    const shown = JSON.stringify([created, (await call('GET', path)).json, (await call('GET', SOURCES)).json])
    expect(shown).not.toContain('far-too-secret')
    expect(await stored()).not.toContain('far-too-secret')
    expect((await call('PUT', path, { secret: null })).status).toBe(204)
    expect((await call('GET', path)).json).toMatchObject({ has_secret: false, username: '1001' })
  })

  it('make up the secret of an account and show it once', async () => {
    const peer = await create({ name: 'peer', kind: 'notify', username: 'peer', voicemail_id: fed.id })
    expect(peer.secret).toMatch(/^\S{43}$/)
    expect(JSON.stringify((await call('GET', `${SOURCES}/${peer.uuid}`)).json)).not.toContain(peer.secret)
    expect((await call('DELETE', `${SOURCES}/${peer.uuid}`)).status).toBe(204)
    expect((await call('GET', `${SOURCES}/${peer.uuid}`)).status).toBe(404)
  })

  it.each<[string, object | (() => object), string]>([
    ['an ARI account without a name', { kind: 'ari' }, 'invalid-data'],
    ['an ARI account with a chosen secret', { kind: 'ari', username: 'x', secret: 'chosen-secret' }, 'invalid-data'],
    ['a peer that nobody could be', { kind: 'notify', voicemail_id: 1 }, 'invalid-data'],
    [
      'a network that is none',
      () => ({ kind: 'notify', voicemail_id: fed.id, addresses: ['10.0.0.0/33'] }),
      'invalid-data',
    ],
    ['a peer without a mailbox', { kind: 'notify', username: 'x' }, 'invalid-data'],
    ['a mapping without a context', { kind: 'notify', username: 'x', mapping: 'to' }, 'invalid-data'],
    [
      'a context that is not there',
      { kind: 'notify', username: 'x', mapping: 'to', context: 'nowhere' },
      'invalid-data',
    ],
    [
      'a line that is none',
      () => ({ kind: 'subscribe', voicemail_id: subscribed.id, address: 'host/1' }),
      'invalid-data',
    ],
    [
      'a server without a place',
      () => ({ kind: 'subscribe', voicemail_id: subscribed.id, remote_voicemail: '1' }),
      'invalid-data',
    ],
    ['a mailbox that is not there', { kind: 'subscribe', voicemail_id: 2_000_000, address: '1@h/1' }, 'invalid-data'],
    [
      'a mailbox of another kind',
      () => ({ kind: 'subscribe', voicemail_id: fed.id, address: '1@h/1' }),
      'voicemail-not-external',
    ],
  ])('refuse %s', async (_name, body, code) => {
    const given = typeof body === 'function' ? body() : body
    const { status, headers } = await call('POST', SOURCES, { name: 'x', ...given })
    expect([status, headers.get('x-error-codes')]).toEqual([400, code])
  })

  it('have names and mailboxes of their own, in all tenants', async () => {
    await create({ name: 'a', kind: 'ari', username: 'taken' })
    const again = await call('POST', SOURCES, { name: 'b', kind: 'ari', username: 'taken' })
    expect([again.status, again.headers.get('x-error-codes')]).toEqual([400, 'mwi-source-exists'])
    const peer = await create({ name: 'c', kind: 'notify', username: 'first', voicemail_id: fed.id })
    const second = await call('POST', SOURCES, { name: 'd', kind: 'notify', username: 'second', voicemail_id: fed.id })
    expect(second.headers.get('x-error-codes')).toBe('mwi-source-exists')
    expect((await call('PUT', `${SOURCES}/${peer.uuid}`, { username: 'renamed' })).status).toBe(400)
    const renamed = { username: 'renamed', secret: 'another-secret' }
    expect((await call('PUT', `${SOURCES}/${peer.uuid}`, renamed)).status).toBe(204)
  })

  it('keep a mailbox in its tenant', async () => {
    const child = await installation.tenant(tenant.uuid)
    const moved = await call('PUT', `/api/confd/1.1/voicemails/${fed.id}`, { context: child.context })
    expect([moved.status, moved.headers.get('x-error-codes')]).toEqual([400, 'different-tenants'])
  })
})
