import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdCall, confdOf, Ear, namesOf } from './confd-support.js'
import { RawPhone } from './raw-phone.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Policy = { uuid: string; name: string; allow_mwi: boolean }
type Effect = { uuid: string; shown: boolean; blocked_by: string | null }

describe('policies on message waiting', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let call: ConfdCall

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    call = confdOf(installation, tenant.admin)
  })
  afterAll(() => installation.stop())

  const policy = async (fields: object = {}) =>
    (await call('POST', '/mwi-policies', { name: randomUUID(), ...fields })).json as Policy
  const put = (path: string, body: object) => call('PUT', path, body)
  const effects = async (box: Voicemail) =>
    (await call('GET', `/voicemails/${box.id}/mwi`)).json as { devices: Effect[]; gateways: Effect[] }

  it('are created, read, listed, found, changed and deleted', async () => {
    const { status, json, headers } = await call('POST', '/mwi-policies', { name: 'Guests' })
    const { uuid } = json as Policy
    expect(status).toBe(201)
    expect(json).toEqual({
      uuid,
      tenant_uuid: tenant.uuid,
      name: 'Guests',
      allow_mwi: true,
      links: [{ rel: 'mwi-policies', href: headers.get('location') }],
    })
    expect((await call('GET', '/mwi-policies?search=guEST')).json).toMatchObject({ total: 1, items: [{ uuid }] })
    expect((await call('GET', '/mwi-policies?name=other')).json).toEqual({ total: 0, items: [] })
    expect((await put(`/mwi-policies/${uuid}`, { allow_mwi: false })).status).toBe(204)
    expect((await call('GET', `/mwi-policies/${uuid}`)).json).toMatchObject({ name: 'Guests', allow_mwi: false })
    expect((await call('DELETE', `/mwi-policies/${uuid}`)).status).toBe(204)
    expect((await call('GET', `/mwi-policies/${uuid}`)).status).toBe(404)
  })

  it('say what happens to them, and nothing when nothing does', async () => {
    const ear = await Ear.open(installation, tenant.admin)
    const events = await ear.during(async () => {
      const { uuid } = await policy()
      await put(`/mwi-policies/${uuid}`, { allow_mwi: false })
      await put(`/mwi-policies/${uuid}`, { allow_mwi: false })
      await call('DELETE', `/mwi-policies/${uuid}`)
    })
    ear.close()
    expect(namesOf(events)).toEqual(['mwi_policy_created', 'mwi_policy_edited', 'mwi_policy_deleted'])
  })

  it.each([
    ['no name', {}, 'name'],
    ['a name taken', { name: 'taken' }, 'already exists'],
    ['no boolean', { name: 'x', allow_mwi: 'perhaps' }, 'allow_mwi'],
  ])('refuse %s', async (_name, body, text) => {
    await call('POST', '/mwi-policies', { name: 'taken' })
    const { status, json } = await call('POST', '/mwi-policies', body)
    expect([status, json]).toEqual([400, [expect.stringContaining(text)]])
  })

  it('are given to a mailbox of their tenant, and stay as long as one has them', async () => {
    const { uuid } = await policy()
    const box = await installation.mailbox(tenant, { mwi_policy_uuid: uuid })
    expect(box).toMatchObject({ mwi_policy_uuid: uuid })
    expect(await call('DELETE', `/mwi-policies/${uuid}`)).toMatchObject({ status: 400 })
    expect((await put(`/voicemails/${box.id}`, { mwi_policy_uuid: null })).status).toBe(204)
    expect((await call('DELETE', `/mwi-policies/${uuid}`)).status).toBe(204)
    const foreign = confdOf(installation, (await installation.tenant()).admin)
    const { json } = await foreign('POST', '/mwi-policies', { name: 'foreign' })
    expect(await put(`/voicemails/${box.id}`, { mwi_policy_uuid: (json as Policy).uuid })).toMatchObject({
      status: 400,
      json: [expect.stringContaining('MWI policy was not found')],
    })
  })

  it('darken the phones of their mailboxes at once, and light them again', async () => {
    const { uuid } = await policy()
    const user = await installation.account(tenant.uuid)
    const box = await installation.mailbox(tenant, { mwi_policy_uuid: uuid }, [user])
    const device = await installation.device(tenant, { user_uuid: user.uuid })
    const phone = new RawPhone(device, installation.sipPort)
    await phone.start()
    await tenant.admin.deposit(box.id, wav(100), {})
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('1/0'), 'lit')
    expect((await effects(box)).devices).toMatchObject([{ uuid: device.uuid, shown: true, blocked_by: null }])
    let from = phone.notified.length
    await put(`/mwi-policies/${uuid}`, { allow_mwi: false })
    await phone.next(from, ({ body }) => body.includes('Voice-Message: 0/0'), 'dark by its policy')
    expect((await effects(box)).devices).toMatchObject([{ uuid: device.uuid, shown: false, blocked_by: 'policy' }])
    from = phone.notified.length
    await put(`/voicemails/${box.id}`, { mwi_policy_uuid: null })
    await phone.next(from, ({ body }) => body.includes('1/0'), 'lit without the policy')
    from = phone.notified.length
    await put(`/voicemails/${box.id}`, { mwi_policy_uuid: uuid })
    await phone.next(from, ({ body }) => body.includes('0/0'), 'dark with the policy')
    from = phone.notified.length
    await put(`/mwi-policies/${uuid}`, { allow_mwi: true })
    await phone.next(from, ({ body }) => body.includes('1/0'), 'lit by its policy')
    await phone.stop()
  })
})
