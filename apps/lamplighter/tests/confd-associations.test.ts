import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdAnswer, type ConfdCall, confdOf, Ear } from './confd-support.js'
import { type Person, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

describe('the mailbox of a user (rest.md 2.4, 6 to 9)', () => {
  let installation: TestInstallation
  let parent: Tenant
  let tenant: Tenant
  let call: ConfdCall
  let user: Person
  let ear: Ear

  beforeAll(async () => {
    installation = await TestInstallation.start()
    parent = await installation.tenant()
    tenant = await installation.tenant(parent.uuid)
    call = confdOf(installation, tenant.admin)
    ear = await Ear.open(installation, tenant.admin)
  })
  afterAll(async () => {
    ear.close()
    await installation.stop()
  })

  const person = () => installation.account(tenant.uuid)
  const put = (who: string, id: number) => call('PUT', `/users/${who}/voicemails/${id}`, '')
  const fresh = (more: Record<string, unknown> = {}) => ({
    name: 'box',
    number: installation.nextNumber(),
    context: tenant.context,
    ...more,
  })
  const refused = ({ status, json }: ConfdAnswer, expected: number, text: string) =>
    expect([status, json]).toEqual([expected, [expect.stringContaining(text)]])

  it('6 [C]: none or one item, by UUID and by integer id; 404 for an unknown user', async () => {
    user = await person()
    expect((await call('GET', `/users/${user.uuid}/voicemails`)).json).toEqual({ total: 0, items: [] })
    const { id } = await installation.mailbox(tenant, {}, [user])
    const { json } = await call('GET', `/users/${user.uuid}/voicemails`)
    expect(json).toMatchObject({ total: 1, items: [{ id, users: [{ uuid: user.uuid }] }] })
    const { id: integer } = (await call('GET', `/users/${user.uuid}`)).json as { id: number }
    expect((await call('GET', `/users/${integer}/voicemails`)).json).toEqual(json)
    refused(await call('GET', `/users/${randomUUID()}/voicemails`), 404, 'User was not found')
    refused(await call('GET', '/users/2147483647/voicemails'), 404, 'User was not found')
  })

  it('6 [C]: never contains a global mailbox', async () => {
    await installation.mailbox(tenant, { accesstype: 'global' })
    const { uuid } = await person()
    expect((await call('GET', `/users/${uuid}/voicemails`)).json).toEqual({ total: 0, items: [] })
  })

  it('7 [C]: an invalid body for an unknown user is 400, a valid one 404; nothing is left behind', async () => {
    const body = fresh()
    refused(await call('POST', `/users/${randomUUID()}/voicemails`, fresh({ number: 'x' })), 400, 'number')
    refused(await call('POST', `/users/${randomUUID()}/voicemails`, fresh({ context: 'x' })), 400, 'Context was not')
    refused(await call('POST', `/users/${randomUUID()}/voicemails`, body), 404, 'User was not found')
    expect((await call('GET', `/voicemails?number=${body.number}`)).json).toMatchObject({ total: 0 })
  })

  it('7 [C], F-50 [B]: 201 with Location and the user it was given to; voicemail_created, then associated', async () => {
    const { uuid } = await person()
    let id = 0
    const events = await ear.during(async () => {
      const { status, json, headers } = await call('POST', `/users/${uuid}/voicemails`, fresh())
      ;({ id } = json as Voicemail)
      expect([status, headers.get('location')]).toEqual([201, expect.stringMatching(new RegExp(`/voicemails/${id}$`))])
      expect(json).toMatchObject({ users: [{ uuid }] })
    })
    expect(events.slice(0, 2)).toEqual([
      ['voicemail_created', { id }],
      ['user_voicemail_associated', { user_uuid: uuid, voicemail_id: id }],
    ])
  })

  it('7 [C]: a user who has one already is 400, and nothing is left behind', async () => {
    const { uuid } = await person()
    await call('POST', `/users/${uuid}/voicemails`, fresh())
    const body = fresh()
    refused(await call('POST', `/users/${uuid}/voicemails`, body), 400, 'User is associated with a Voicemail')
    expect((await call('GET', `/voicemails?number=${body.number}`)).json).toMatchObject({ total: 0 })
  })

  it('9 [C]: checks in the order user, voicemail, same, tenants, another one, global', async () => {
    const { uuid } = await person()
    const above = confdOf(installation, parent.admin)
    const foreign = await installation.mailbox(parent)
    const putAbove = (id: number) => above('PUT', `/users/${uuid}/voicemails/${id}`, '')
    const own = await installation.mailbox(tenant)
    const global = (await call('GET', '/voicemails?accesstype=global')).json as { items: Voicemail[] }
    const globalId = global.items[0]?.id ?? 0
    refused(await put(randomUUID(), 2_147_483_647), 404, 'User was not found')
    refused(await put(uuid, 2_147_483_647), 404, 'Voicemail was not found')
    refused(await put(uuid, globalId), 400, 'Operation not permitted.')
    expect((await put(uuid, own.id)).status).toBe(204)
    expect((await put(uuid, own.id)).status).toBe(204)
    refused(await putAbove(foreign.id), 400, 'different tenants')
    refused(await put(uuid, globalId), 400, 'User is associated with a Voicemail')
  })

  it('9 [C]: a mailbox may have several users; the integer id works as well', async () => {
    const [one, two] = [await person(), await person()]
    const { id } = await installation.mailbox(tenant, {}, [one])
    const { id: integer } = (await call('GET', `/users/${two.uuid}`)).json as { id: number }
    expect((await put(String(integer), id)).status).toBe(204)
    const { users } = (await call('GET', `/voicemails/${id}`)).json as Voicemail
    expect(users.map(({ uuid }) => uuid).sort()).toEqual([one.uuid, two.uuid].sort())
  })

  it('9 [C]: the association is said once, with absolute counts after it [B]; repeating it says nothing', async () => {
    const { uuid } = await person()
    const { id } = await installation.mailbox(tenant)
    await tenant.admin.deposit(id, wav(), {})
    const ids = { user_uuid: uuid, voicemail_id: id }
    expect(await ear.during(() => put(uuid, id))).toEqual([
      ['user_voicemail_associated', ids],
      ['user_voicemail_mwi_updated', expect.objectContaining({ ...ids, new: 1 })],
    ])
    expect(await ear.during(() => put(uuid, id))).toEqual([])
  })

  it('9 [B] F-16: of ten simultaneous associations of one user with two mailboxes one wins, and nobody gets 500', async () => {
    const { uuid } = await person()
    const boxes = [await installation.mailbox(tenant), await installation.mailbox(tenant)]
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => put(uuid, boxes[i % 2]?.id ?? 0)))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(204), ...Array(5).fill(400)])
  })

  it('8 [C]: 404 for the user, else 204, also when there was none, and then no event; the mailbox keeps its messages', async () => {
    const someone = await person()
    const { id } = await installation.mailbox(tenant, {}, [someone])
    await tenant.admin.deposit(id, wav(), {})
    refused(await call('DELETE', `/users/${randomUUID()}/voicemails`), 404, 'User was not found')
    const take = () => call('DELETE', `/users/${someone.uuid}/voicemails`)
    const ids = { user_uuid: someone.uuid, voicemail_id: id }
    expect(await ear.during(take)).toEqual([
      ['user_voicemail_dissociated', ids],
      ['user_voicemail_mwi_updated', expect.objectContaining({ ...ids, new: 0 })],
    ])
    expect(await ear.during(take)).toEqual([])
    expect((await take()).status).toBe(204)
    expect(await tenant.admin.call('GET', `/api/calld/1.0/voicemails/${id}/mwi`)).toMatchObject({ new: 1 })
  })

  it('1.13 [C]: remove_users reads users[].uuid and takes each away', async () => {
    const { id } = await installation.mailbox(tenant, {}, [await person(), await person()])
    const { users } = (await call('GET', `/voicemails/${id}`)).json as Voicemail
    for (const { uuid } of users) expect((await call('DELETE', `/users/${uuid}/voicemails`, '')).status).toBe(204)
    expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject({ users: [] })
  })
})
