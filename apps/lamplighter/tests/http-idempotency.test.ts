import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request, type Tenant, TestInstallation, wav } from './support.js'

const CONFD = '/api/confd/1.1'

describe('a creation with an Idempotency-Key', () => {
  let installation: TestInstallation
  let tenant: Tenant

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())

  const post = (path: string, body: unknown, key: string, who: Tenant = tenant) =>
    request(installation.url + path, {
      method: 'POST',
      token: who.admin.token,
      headers: { 'idempotency-key': key },
      body: JSON.stringify(body),
    })
  const count = async (resource: string) =>
    (await tenant.admin.call<{ total: number }>('GET', `${CONFD}/${resource}`)).total

  const fresh = () => ({ name: 'b', number: installation.nextNumber(), context: tenant.context })
  const creations: [string, string, () => object][] = [
    ['voicemails', '/voicemails', fresh],
    ['contexts', '/contexts', () => ({ label: 'once' })],
    ['users', '/users', () => ({ firstname: 'Once', password: 'a password' })],
    ['devices', '/devices', () => ({ name: 'once', sip_password: 'long-enough' })],
    ['gateways', '/gateways', () => ({ name: randomUUID(), targets: [{ host: '192.0.2.1' }], secret: 'hush' })],
    ['mwi-policies', '/mwi-policies', () => ({ name: randomUUID() })],
  ]

  it.each(creations)('happens once when it is repeated: %s', async (resource, path, makeBody) => {
    const [body, key, before] = [makeBody(), randomUUID(), await count(resource)]
    const first = await post(CONFD + path, body, key)
    const again = await post(CONFD + path, body, key)
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null])
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
    expect(again.json).toEqual(first.json)
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(await count(resource)).toBe(before + 1)
  })

  it.each(creations)('happens once when 8 requests with one key come at once: %s', async (resource, path, makeBody) => {
    const [body, key, before] = [makeBody(), randomUUID(), await count(resource)]
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(CONFD + path, body, key)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201))
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1)
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await count(resource)).toBe(before + 1)
  })

  it('happens once for a mailbox of a user, also after the mailbox was taken away', async () => {
    const user = await installation.account(tenant.uuid)
    const [path, body, key] = [`${CONFD}/users/${user.uuid}/voicemails`, fresh(), randomUUID()]
    const first = await post(path, body, key)
    await tenant.admin.call('DELETE', path)
    const again = await post(path, body, key)
    expect([again.status, again.json]).toEqual([201, first.json])
  })

  it('is 409 when the key was used for another body or another path, and changes nothing', async () => {
    const [anna, bruno] = [await installation.account(tenant.uuid), await installation.account(tenant.uuid)]
    const [body, key] = [fresh(), randomUUID()]
    const of = (uuid: string) => `${CONFD}/users/${uuid}/voicemails`
    await post(of(anna.uuid), body, key)
    const before = await count('voicemails')
    for (const conflict of [await post(of(anna.uuid), fresh(), key), await post(of(bruno.uuid), body, key)])
      expect([conflict.status, conflict.json]).toEqual([409, [expect.stringContaining('idempotency key')]])
    expect(await count('voicemails')).toBe(before)
  })

  it('does not remember a failure: the corrected request may use the key', async () => {
    const key = randomUUID()
    const body = fresh()
    expect((await post(`${CONFD}/voicemails`, { ...body, context: 'nowhere' }, key)).status).toBe(400)
    expect((await post(`${CONFD}/voicemails`, body, key)).status).toBe(201)
  })

  it('shares its key with no other tenant and no other kind of creation', async () => {
    const key = randomUUID()
    const other = await installation.tenant()
    const answers = [
      await post(`${CONFD}/contexts`, { label: 'x' }, key),
      await post(`${CONFD}/contexts`, { label: 'x' }, key, other),
      await post(`${CONFD}/users`, { firstname: 'x' }, key),
    ]
    expect(answers.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, null, null])
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(3)
  })

  it('keeps no secret: a generated SIP password is shown once, and a given one is not in the database', async () => {
    const key = randomUUID()
    const { sip_password } = (await post(`${CONFD}/devices`, {}, key)).json as { sip_password: string }
    const again = await post(`${CONFD}/devices`, {}, key)
    expect([again.status, again.text.includes('sip_password')]).toEqual([201, false])
    const client = new pg.Client(installation.databaseUrl)
    await client.connect()
    const { rows } = await client.query<{ kept: string }>('SELECT row_to_json(k)::text AS kept FROM idempotency_key k')
    await client.end()
    expect(rows.filter(({ kept }) => kept.includes(sip_password) || kept.includes('a password'))).toEqual([])
  })

  it.each(['', 'a b', 'x'.repeat(256)])('refuses the key %j with 400', async (key) => {
    const response = await post(`${CONFD}/contexts`, { label: 'x' }, key)
    expect([response.status, response.json]).toEqual([400, [expect.stringContaining('Idempotency-Key')]])
  })

  it('is the same for a deposit: one message, and 409 for other audio', async () => {
    const box = await installation.mailbox(tenant)
    const key = randomUUID()
    const leave = (samples: number) =>
      request(`${installation.url}/api/calld/1.0/voicemails/${box.id}/messages`, {
        method: 'POST',
        token: tenant.admin.token,
        headers: { 'idempotency-key': key, 'content-type': 'audio/wav' },
        body: wav(samples),
      })
    const [first, again, other] = [await leave(8000), await leave(8000), await leave(4000)]
    expect([first.status, again.status, other.status]).toEqual([201, 201, 409])
    expect([again.json, again.headers.get('idempotency-replayed')]).toEqual([first.json, 'true'])
    expect((other.json as { error_id: string }).error_id).toBe('idempotency-key-conflict')
  })
})
