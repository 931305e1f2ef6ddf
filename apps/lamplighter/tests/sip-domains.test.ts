import { randomUUID } from 'node:crypto'
import { type Database, openDatabase } from '@lamplighter/store'
import { waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RawPhone } from './raw-phone.js'
import { deposit, Phones } from './sip-support.js'
import { type Tenant, TestInstallation } from './support.js'

describe('SIP domains', () => {
  let installation: TestInstallation
  let database: Database
  const phones = new Phones()

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  afterEach(() => phones.stop())

  const addDomain = (tenant: Tenant, name: string) =>
    database.pool.query('INSERT INTO tenant_domain (name, tenant_uuid) VALUES ($1, $2)', [name, tenant.uuid])
  /** A phone configured with a domain: that stands in every URI, whatever address it sends to. */
  const withDomain = async (login: { username: string; password: string }, domain: string) => {
    const phone = await phones.logIn(installation, login)
    phone.target = `sip:${login.username}@${domain}`
    phone.to = `<${phone.target}>`
    return phone
  }
  const realmOf = async (phone: RawPhone) =>
    /realm="([^"]*)"/.exec((await phone.send('SUBSCRIBE')).headers.get('www-authenticate') ?? '')?.[1]
  const login = (username: string) => ({ username, password: 'a-sip-password' })

  it('tell two tenants apart whose phones have the same name: each is told its own, in its own realm', async () => {
    const username = `d${randomUUID().slice(0, 8)}`
    const names = ['one', 'two'].map((name) => `${name}-${username}.example`)
    for (const [index, domain] of names.entries()) {
      const tenant = await installation.tenant()
      await addDomain(tenant, domain)
      const box = await installation.mailbox(tenant)
      for (let messages = 0; messages <= index; messages++) await deposit(tenant, box)
      await installation.device(tenant, { sip_username: username, voicemails: [box.id] })
    }
    for (const [index, domain] of names.entries()) {
      const phone = await withDomain(login(username), domain)
      expect(await realmOf(phone)).toBe(domain)
      expect((await phone.subscribe()).status).toBe(200)
      expect((await phone.next(0, () => true, 'the state')).body).toContain(`Voice-Message: ${index + 1}/0`)
      expect((await phone.subscribe()).status).toBe(200)
    }
    const bare = await phones.logIn(installation, login(username))
    expect((await bare.subscribe()).status).toBe(401)
  })

  it("keep a device from another tenant's domain, and answer as if it did not exist", async () => {
    const [ours, theirs] = [await installation.tenant(), await installation.tenant()]
    const domain = `theirs-${randomUUID().slice(0, 8)}.example`
    await addDomain(theirs, domain)
    const device = await installation.device(ours)
    const phone = await withDomain(device, domain)
    const nobody = await withDomain(login('nobody'), domain)
    expect([await realmOf(phone), await realmOf(nobody)]).toEqual([domain, domain])
    expect((await phone.subscribe()).status).toBe(401)
    expect((await (await phones.logIn(installation, device)).subscribe()).status).toBe(200)
  })

  it('lock nobody out who had a password before the domain came: it is a realm when all have one for it', async () => {
    const tenant = await installation.tenant()
    const domain = `late-${randomUUID().slice(0, 8)}.example`
    const device = await installation.device(tenant)
    await addDomain(tenant, domain)
    const [phone, nobody] = [await withDomain(device, domain), await withDomain(login('nobody'), domain)]
    expect([await realmOf(phone), await realmOf(nobody)]).toEqual(['lamplighter', 'lamplighter'])
    expect((await phone.subscribe()).status).toBe(200)
    const body = { sip_password: 'another-password' }
    await tenant.admin.call('PUT', `/api/confd/1.1/devices/${device.uuid}`, body)
    const changed = await withDomain({ ...device, password: body.sip_password }, domain)
    await waitFor(async () => (await realmOf(changed)) === domain, { what: 'the realm to be the domain' })
    expect(await realmOf(nobody)).toBe(domain)
    expect((await changed.subscribe()).status).toBe(200)
  })

  it('refuse a username only within one tenant', async () => {
    const [one, two] = [await installation.tenant(), await installation.tenant()]
    const { username } = await installation.device(one)
    await installation.device(two, { sip_username: username })
    await expect(installation.device(one, { sip_username: username })).rejects.toThrow('400')
  })
})

describe('a mailbox that is not theirs', () => {
  it('is refused to phones, and the audit log says who tried, not more than a few times', async () => {
    const installation = await TestInstallation.start()
    const phones = new Phones()
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const phone = await phones.of(installation, tenant, { voicemails: [] })
    const uri = `sip:${box.number}@127.0.0.1:${installation.sipPort}`
    for (let times = 0; times < 8; times++) expect((await phone.authenticated('SUBSCRIBE', {}, uri)).status).toBe(403)
    type Rows = { items: { action: string; mailbox_id: number; details: object; remote_addr: string }[] }
    const read = () =>
      tenant.admin.call<Rows>('GET', '/api/calld/1.0/audit?action=mailbox.watch_refused').then(({ items }) => items)
    await waitFor(async () => (await read()).length === 5, { what: 'the rows' })
    const rows = await read()
    expect(rows[0]).toMatchObject({
      mailbox_id: box.id,
      remote_addr: '127.0.0.1',
      details: { device_uuid: phone.uuid, sip_username: phone.username, number: box.number },
    })
    await phones.stop()
    await installation.stop()
  })
})
