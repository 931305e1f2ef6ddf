import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdAnswer, type ConfdCall, confdOf, Ear, namesOf } from './confd-support.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

describe('the rules of mailboxes (rest.md 2.3)', () => {
  let installation: TestInstallation
  let parent: Tenant
  let tenant: Tenant
  let call: ConfdCall
  let master: ConfdCall

  beforeAll(async () => {
    installation = await TestInstallation.start()
    parent = await installation.tenant()
    tenant = await installation.tenant(parent.uuid)
    call = confdOf(installation, tenant.admin)
    master = confdOf(installation, await installation.master())
  })
  afterAll(() => installation.stop())

  const box = (fields: Record<string, unknown> = {}, who = tenant) => installation.mailbox(who, fields)
  const put = (id: number, body: unknown) => call('PUT', `/voicemails/${id}`, body)
  const refused = ({ status, json }: ConfdAnswer, text: string) =>
    expect([status, json]).toEqual([400, [expect.stringContaining(text)]])
  const fresh = (more: Record<string, unknown> = {}) => ({
    name: 'box',
    number: installation.nextNumber(),
    context: tenant.context,
    ...more,
  })
  /** A context of a tenant of its own: rule R3 counts per context. */
  const ownContext = async () =>
    (await tenant.admin.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'own' })).name

  it('R1 [C]: delete_messages needs an email and attach_audio in a POST, 400 with _schema', async () => {
    const all = { delete_messages: true, email: 'a@b', attach_audio: true }
    for (const missing of [
      { email: undefined },
      { email: '' },
      { email: null },
      { attach_audio: false },
      { attach_audio: null },
    ]) {
      refused(await call('POST', '/voicemails', fresh({ ...all, ...missing })), 'Input Error - _schema: ')
    }
    expect((await call('POST', '/voicemails', fresh(all))).status).toBe(201)
  })

  it('R1 [C]: body-level rules run only when no single field failed', async () => {
    const { json } = await call('POST', '/voicemails', fresh({ delete_messages: true, number: 'x' }))
    expect(json).toEqual([expect.stringContaining('number')])
  })

  it('R1 [B] F-45: a PUT is checked on the merged state, both ways', async () => {
    const { id } = await box({ email: 'a@b', attach_audio: true })
    expect((await put(id, { delete_messages: true })).status).toBe(204)
    refused(await put(id, { email: null }), '_schema')
    refused(await put(id, { attach_audio: false }), '_schema')
    expect((await put(id, { email: null, delete_messages: false })).status).toBe(204)
  })

  it('R2 [C]: number and context are unique over all tenants, and the same number in two contexts is fine', async () => {
    const { number } = await box()
    const again = await call('POST', '/voicemails', fresh({ number }))
    refused(again, 'Voicemail already exists')
    expect(again.text).toContain(number)
    const other = await ownContext()
    const elsewhere = await call('POST', '/voicemails', fresh({ number, context: other }))
    expect(elsewhere.status).toBe(201)
    refused(await put((elsewhere.json as Voicemail).id, { context: tenant.context }), 'Voicemail already exists')
    expect((await put((elsewhere.json as Voicemail).id, { number, context: other })).status).toBe(204)
  })

  it('R2 [B] F-16: the losers of a race get 400', async () => {
    const body = fresh()
    const answers = await Promise.all(Array.from({ length: 6 }, () => call('POST', '/voicemails', body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400])
  })

  it('R3 [C]: one global mailbox per context, 400, by POST, by accesstype and by moving', async () => {
    const context = await ownContext()
    const one = await box({ accesstype: 'global', context })
    refused(await call('POST', '/voicemails', fresh({ accesstype: 'global', context })), 'Operation not permitted.')
    const personal = await box({ context })
    refused(await put(personal.id, { accesstype: 'global' }), 'Operation not permitted.')
    const other = await box({ accesstype: 'global', context: await ownContext() })
    refused(await put(other.id, { context }), 'Operation not permitted.')
    expect((await put(one.id, { name: 'still global', accesstype: 'global' })).status).toBe(204)
  })

  it('R3 [B] F-16: the losers of a race get 400', async () => {
    const context = await ownContext()
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => call('POST', '/voicemails', fresh({ accesstype: 'global', context }))),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400])
  })

  it('R4 [C]: a mailbox with users cannot become global', async () => {
    const user = await installation.account(tenant.uuid)
    const { id } = await installation.mailbox(tenant, { context: await ownContext() }, [user])
    refused(await put(id, { accesstype: 'global' }), 'Operation not permitted.')
    expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject({ accesstype: 'personal' })
  })

  it('R5 [C]: a global mailbox cannot be given to a user, by any of the four ways', async () => {
    const user = await installation.account(tenant.uuid)
    const context = await ownContext()
    const { id } = await box({ accesstype: 'global', context })
    const creating = fresh({ accesstype: 'global', context: await ownContext() })
    refused(await call('PUT', `/users/${user.uuid}/voicemails/${id}`), 'Operation not permitted.')
    refused(await call('POST', `/users/${user.uuid}/voicemails`, creating), 'Operation not permitted.')
    refused(await call('POST', '/users', { firstname: 'A', voicemail: { id } }), 'Operation not permitted.')
    refused(await call('POST', '/users', { firstname: 'A', voicemail: creating }), 'Operation not permitted.')
    refused(await call('PUT', `/users/${user.uuid}?recursive=true`, { voicemail: { id } }), 'Operation not permitted.')
    const { json } = await call('GET', `/voicemails?number=${creating.number}`)
    expect(json).toMatchObject({ total: 0 })
  })

  it('R6 [C]: global to personal and back takes effect at once, and no message event is sent', async () => {
    const user = await installation.account(tenant.uuid)
    const { id } = await box({ accesstype: 'global', context: await ownContext() })
    await tenant.admin.deposit(id, wav(), {})
    const seen = async () => {
      const list = '/api/calld/1.0/users/me/voicemails/messages'
      const { items } = await user.api.call<{ items: { voicemail: { id: number } }[] }>('GET', list)
      return items.filter(({ voicemail }) => voicemail.id === id).length
    }
    const ear = await Ear.open(installation, tenant.admin)
    expect(await seen()).toBe(1)
    const events = await ear.during(async () => {
      await put(id, { accesstype: 'personal' })
      expect(await seen()).toBe(0)
      await put(id, { accesstype: 'global' })
      expect(await seen()).toBe(1)
    })
    ear.close()
    expect(namesOf(events).filter((name) => name.includes('message'))).toEqual([])
  })

  it('R7 [C]: a context that is unknown, or of another tenant, is 400 and not 404', async () => {
    const stranger = await installation.tenant()
    for (const context of ['nowhere', '', stranger.context, parent.context]) {
      refused(await call('POST', '/voicemails', fresh({ context })), 'Context was not found')
    }
    const { id } = await box()
    refused(await put(id, { context: stranger.context }), 'Context was not found')
  })

  it('R8 [C]: a timezone must be the name of a zone, also the empty one; a case apart is another name', async () => {
    await master('PUT', '/asterisk/voicemail/zonemessages', { items: [{ name: 'paris', timezone: 'Europe/Paris' }] })
    for (const timezone of ['mars', '', 'Paris', 'Europe/Paris']) {
      refused(await call('POST', '/voicemails', fresh({ timezone })), 'Timezone was not found')
    }
    const { status, json } = await call('POST', '/voicemails', fresh({ timezone: 'paris' }))
    expect([status, json]).toEqual([201, expect.objectContaining({ timezone: 'paris' })])
    refused(await put((json as Voicemail).id, { timezone: 'mars' }), 'Timezone was not found')
  })

  it('R9 [C]: the tenant is the one of the context; a parent creates in a descendant, with or without the header', async () => {
    const above = confdOf(installation, parent.admin)
    for (const headers of [{}, { 'wazo-tenant': tenant.uuid }]) {
      const { json } = await above('POST', '/voicemails', fresh(), headers)
      expect(json).toMatchObject({ tenant_uuid: tenant.uuid })
    }
    const header = { 'wazo-tenant': tenant.uuid }
    refused(await above('POST', '/voicemails', fresh({ context: parent.context }), header), 'Context was not found')
  })

  it('F-35 [B]: a mailbox with users does not move to another tenant; without users it takes its messages along', async () => {
    const above = confdOf(installation, parent.admin)
    const user = await installation.account(tenant.uuid)
    const used = await installation.mailbox(tenant, {}, [user])
    refused(await above('PUT', `/voicemails/${used.id}`, { context: parent.context }), 'different tenants')
    const free = await box()
    await tenant.admin.deposit(free.id, wav(), {})
    expect((await above('PUT', `/voicemails/${free.id}`, { context: parent.context })).status).toBe(204)
    expect((await call('GET', `/voicemails/${free.id}`)).status).toBe(404)
    const counts = await parent.admin.call('GET', `/api/calld/1.0/voicemails/${free.id}/mwi`)
    expect(counts).toMatchObject({ new: 1 })
  })

  it('F-35 [B]: neither does one that a device of its tenant lists', async () => {
    const listed = await box()
    await installation.device(tenant, { voicemails: [listed.id] })
    const above = confdOf(installation, parent.admin)
    refused(await above('PUT', `/voicemails/${listed.id}`, { context: parent.context }), 'different tenants')
  })

  it('F-46 [B]: a timezone that is not touched is not checked again, nor does it block a deletion', async () => {
    const { id } = await box()
    const client = new pg.Client({ connectionString: installation.databaseUrl })
    await client.connect()
    await client.query(`UPDATE mailbox SET timezone = 'gone' WHERE id = $1`, [id])
    await client.end()
    expect((await put(id, { name: 'renamed' })).status).toBe(204)
    expect((await put(id, { timezone: 'gone', email: 'a@b' })).status).toBe(204)
    refused(await put(id, { timezone: 'gone too' }), 'Timezone was not found')
    expect((await call('DELETE', `/voicemails/${id}`)).status).toBe(204)
  })
})
