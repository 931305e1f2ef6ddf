import { randomUUID } from 'node:crypto'
import { type Database, openDatabase } from '@lamplighter/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdAnswer, type ConfdCall, confdOf, Ear } from './confd-support.js'
import { type Tenant, TestInstallation } from './support.js'

type Gateway = { uuid: string; name: string; links: unknown[] }

const TARGETS = [{ host: '192.0.2.1' }]

describe('gateways', () => {
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  let call: ConfdCall

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 1 })
    tenant = await installation.tenant()
    call = confdOf(installation, tenant.admin)
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })

  const create = (fields: object = {}) =>
    call('POST', '/gateways', { name: randomUUID(), targets: TARGETS, ping_every_s: 0, ...fields })
  const gateway = async (fields: object = {}) => (await create(fields)).json as Gateway
  const refused = ({ status, json }: ConfdAnswer, text: string, expected = 400) =>
    expect([status, json]).toEqual([expected, [expect.stringContaining(text)]])

  it('know mailboxes of their tenant under addresses of their own', async () => {
    const { uuid } = await gateway()
    const [first, second] = [await installation.mailbox(tenant), await installation.mailbox(tenant)]
    const at = (id: number, of = uuid) => `/gateways/${of}/voicemails/${id}`
    const template = { address_template: 'sip:desk-{number}@{target}' }
    const list = async (query = '') => (await call('GET', `/gateways/${uuid}/voicemails${query}`)).json
    expect(await list()).toEqual({ total: 0, items: [] })
    for (const { id } of [first, second]) expect((await call('PUT', at(id), template)).status).toBe(204)
    const items = [first, second].map(({ id }) => ({ voicemail_id: id, ...template }))
    expect(await list()).toEqual({ total: 2, items })
    expect(await list('?limit=1&offset=1')).toEqual({ total: 2, items: items.slice(1) })
    await call('PUT', at(first.id), { address_template: 'sip:x@{target}' })
    expect(await list('?limit=1')).toMatchObject({ items: [{ address_template: 'sip:x@{target}' }] })
    refused(await call('PUT', at(first.id), { address_template: 'sip:{extension}@{target}' }), 'placeholder')
    refused(await call('PUT', at(first.id), { address_template: 'tel:{number}' }), 'SIP URI')
    const foreign = await installation.mailbox(await installation.tenant())
    expect((await call('PUT', at(foreign.id), template)).status).toBe(404)
    const ari = await gateway({ profile: 'asterisk', method: 'ari' })
    refused(await call('PUT', at(first.id, ari.uuid), template), 'ARI')
    expect((await call('DELETE', at(first.id))).status).toBe(204)
    expect((await call('DELETE', at(first.id))).status).toBe(404)
    await call('DELETE', `/voicemails/${second.id}`)
    expect(await list()).toEqual({ total: 0, items: [] })
  })

  it('need a name and a target; everything else has a default', async () => {
    const { status, json, headers } = await call('POST', '/gateways', { name: 'PBX', targets: TARGETS })
    const { uuid } = json as Gateway
    expect(status).toBe(201)
    expect(json).toEqual({
      uuid,
      tenant_uuid: tenant.uuid,
      name: 'PBX',
      profile: 'generic',
      method: 'notify',
      targets: [{ host: '192.0.2.1', port: 5060, transport: 'tcp', tls_verify: true, server_name: null }],
      username: null,
      has_secret: false,
      address_template: 'sip:{number}@{target}',
      from_template: 'sip:voicemail@{service}',
      mailbox_template: '{number}@{context}',
      ari_path: '/ari',
      contexts: null,
      mwi_enabled: true,
      retry_for_s: 300,
      reassert_every_s: 43_200,
      ping_every_s: 30,
      max_per_s: 50,
      links: [{ rel: 'gateways', href: headers.get('location') }],
    })
    expect((await call('GET', `/gateways/${uuid}`)).json).toEqual(json)
  })

  it.each([
    ['exchange', 'notify', 'sip:{number}@{target}', 'sip:voicemail@{service}', 5060],
    ['asterisk', 'notify', 'sip:{number}@{target}', 'sip:{number}@{service}', 5060],
    ['asterisk', 'publish', 'sip:lamplighter@{target}', 'sip:voicemail@{service}', 5060],
    ['asterisk', 'ari', 'sip:{number}@{target}', 'sip:voicemail@{service}', 8088],
    ['generic', 'publish', 'sip:{number}@{target}', 'sip:voicemail@{service}', 5060],
  ])('of profile %s by %s have templates and a port of their own', async (profile, method, address, from, port) => {
    expect(await gateway({ profile, method })).toMatchObject({
      address_template: address,
      from_template: from,
      targets: [{ port }],
    })
  })

  it('keep their secret sealed and show it nowhere', async () => {
    const canary = `canary-${randomUUID()}`
    const ear = await Ear.open(installation, tenant.admin)
    const said = await ear.during(async () => {
      const { json, text } = await create({ username: 'lamplighter', secret: canary })
      const { uuid } = json as Gateway
      expect(text).not.toContain(canary)
      await call('PUT', `/gateways/${uuid}`, { max_per_s: 7 })
      const read = await call('GET', `/gateways/${uuid}`)
      expect(read.json).toMatchObject({ username: 'lamplighter', has_secret: true, max_per_s: 7 })
      expect(read.text).not.toContain(canary)
      await call('PUT', `/gateways/${uuid}`, { secret: null })
      expect((await call('GET', `/gateways/${uuid}`)).json).toMatchObject({ has_secret: false })
    })
    ear.close()
    expect(JSON.stringify(said)).not.toContain(canary)
    const { rows } = await database.pool.query('SELECT * FROM gateway')
    expect(JSON.stringify(rows)).not.toContain(canary)
  })

  it('say what happens to them, and nothing when nothing does', async () => {
    const ear = await Ear.open(installation, tenant.admin)
    let uuid = ''
    const events = await ear.during(async () => {
      ;({ uuid } = await gateway())
      await call('PUT', `/gateways/${uuid}`, { mwi_enabled: false })
      await call('PUT', `/gateways/${uuid}`, { mwi_enabled: false })
      await call('PUT', `/gateways/${uuid}/reassert`)
      await call('DELETE', `/gateways/${uuid}`)
    })
    ear.close()
    const about = { gateway_uuid: uuid }
    expect(events).toEqual([
      ['mwi_gateway_created', about],
      ['mwi_gateway_edited', about],
      ['lamp_reassert_requested', { ...about, device_uuid: null, voicemail_id: null, in_sync: null, lit: null }],
      ['mwi_gateway_deleted', about],
    ])
  })

  it.each([
    ['no target', { targets: [] }, 'targets'],
    ['no name', { name: null }, 'name'],
    ['a host with a path', { targets: [{ host: 'a/b' }] }, 'host'],
    ['a host with a line end', { targets: [{ host: 'a\nb' }] }, 'host'],
    ['something like an address', { targets: [{ host: '1:2:3' }] }, 'not a host'],
    ['port 0', { targets: [{ host: 'a', port: 0 }] }, 'port'],
    ['nine targets', { targets: Array.from({ length: 9 }, () => ({ host: 'a' })) }, 'targets'],
    ['an unknown profile', { profile: 'lync' }, 'profile'],
    ['a method its profile has not', { profile: 'exchange', method: 'ari' }, 'is told by notify'],
    ['ARI over UDP', { profile: 'asterisk', method: 'ari', targets: [{ host: 'a', transport: 'udp' }] }, 'ARI goes'],
    ['an unknown placeholder', { address_template: 'sip:{phone}@{target}' }, 'no placeholder {phone}'],
    ['a template that is no URI', { address_template: '{number}' }, 'SIP URI'],
    ['a template that writes headers', { from_template: 'sip:a@b?Route=x' }, 'SIP URI'],
    ['a template with a bracket', { from_template: 'sip:a@b>;x' }, 'SIP URI'],
    ['a context of nobody', { contexts: ['nowhere'] }, 'Context was not found: nowhere'],
    ['a path that climbs', { ari_path: '/../x?y' }, 'ari_path'],
    ['an interval too short', { reassert_every_s: 5 }, 'reassert_every_s'],
    ['a secret with a line end', { secret: 'a\r\nb' }, 'secret'],
  ])('refuse %s', async (_name, fields, text) => {
    refused(await create(fields), text)
  })

  it('refuse a name that is taken, and take it again once it is free', async () => {
    const name = randomUUID()
    const { uuid } = await gateway({ name })
    refused(await create({ name }), 'already exists')
    expect((await call('DELETE', `/gateways/${uuid}`)).status).toBe(204)
    expect((await create({ name })).status).toBe(201)
  })

  it('refuse another tenant a context', async () => {
    const other = await installation.tenant()
    refused(await create({ contexts: [other.context] }), 'Context was not found')
    expect(await gateway({ contexts: [tenant.context, tenant.context] })).toMatchObject({ contexts: [tenant.context] })
  })

  it('are listed, ordered, searched and filtered', async () => {
    const own = await installation.tenant()
    const list = confdOf(installation, own.admin)
    for (const name of ['Größe', 'beta', 'alpha'])
      await list('POST', '/gateways', { name, targets: TARGETS, ping_every_s: 0, profile: 'exchange' })
    const names = async (query: string) =>
      ((await list('GET', `/gateways?${query}`)).json as { items: Gateway[] }).items.map(({ name }) => name)
    expect(await names('order=name&direction=desc')).toEqual(['Größe', 'beta', 'alpha'].sort().reverse())
    expect(await names('search=grosse')).toEqual([])
    expect(await names('search=GRÖ')).toEqual(['Größe'])
    expect(await names('name=beta')).toEqual(['beta'])
    expect(await names('profile=asterisk')).toEqual([])
    expect((await list('GET', '/gateways?limit=1')).json).toMatchObject({ total: 3, items: [{}] })
  })

  it('show as the switch that keeps a mailbox dark, behind the policy of the mailbox', async () => {
    const own = await installation.tenant()
    const confd = confdOf(installation, own.admin)
    const box = await installation.mailbox(own)
    const created = await confd('POST', '/gateways', { name: 'pbx', targets: TARGETS, ping_every_s: 0 })
    const { uuid } = created.json as Gateway
    const effects = async () => (await confd('GET', `/voicemails/${box.id}/mwi`)).json
    const shown = { uuid, name: 'pbx', shown: true, blocked_by: null }
    expect(await effects()).toMatchObject({ voicemail_id: box.id, mwi_policy: null, gateways: [shown], devices: [] })
    await confd('PUT', `/gateways/${uuid}`, { mwi_enabled: false })
    expect(await effects()).toMatchObject({ gateways: [{ ...shown, shown: false, blocked_by: 'gateway' }] })
    const { json } = await confd('POST', '/mwi-policies', { name: 'none', allow_mwi: false })
    await confd('PUT', `/voicemails/${box.id}`, { mwi_policy_uuid: (json as Gateway).uuid })
    expect(await effects()).toMatchObject({
      mwi_policy: { name: 'none', allow_mwi: false },
      gateways: [{ ...shown, shown: false, blocked_by: 'policy' }],
    })
    await confd('PUT', `/gateways/${uuid}`, { contexts: [] })
    expect(await effects()).toMatchObject({ gateways: [] })
  })
})
