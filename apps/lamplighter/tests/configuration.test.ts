import { randomUUID } from 'node:crypto'
import { takeTestVhost, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventListener } from '../src/event-listener.js'
import { type Person, request, type Tenant, TestInstallation, wav } from './support.js'

type Event = { name: string; data: Record<string, unknown> }

const CONFD = '/api/confd/1.1'

describe('confd', () => {
  let installation: TestInstallation
  let tenant: Tenant

  beforeAll(async () => {
    installation = await TestInstallation.start({ AMQP_URL: (await takeTestVhost()).url })
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())

  const call = (method: string, path: string, body?: unknown, who: Tenant = tenant) =>
    request(`${installation.url}${CONFD}${path}`, {
      method,
      token: who.admin.token,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const fresh = (more: Record<string, unknown> = {}) => ({
    name: 'box',
    number: installation.nextNumber(),
    context: tenant.context,
    ...more,
  })

  describe('voicemails', () => {
    it('are created with every field of the contract and read back', async () => {
      const body = fresh({ password: '4711', max_messages: 5, options: [['saycid', 'yes']], language: 'fr_FR' })
      const { status, json, headers } = await call('POST', '/voicemails', body)
      expect(status).toBe(201)
      expect(json).toMatchObject({
        ...body,
        password: '********',
        tenant_uuid: tenant.uuid,
        email: null,
        attach_audio: null,
        delete_messages: false,
        ask_password: true,
        enabled: true,
        accesstype: 'personal',
        users: [],
      })
      expect((await request(headers.get('location') ?? '', { token: tenant.admin.token })).json).toEqual(json)
    })

    it('keep the PIN to themselves: the mask sent back changes nothing, null clears it', async () => {
      const { id } = await tenant.admin.call<{ id: number }>('POST', `${CONFD}/voicemails`, fresh({ password: '4711' }))
      const read = async () =>
        (await tenant.admin.call<{ password: string | null }>('GET', `${CONFD}/voicemails/${id}`)).password
      const whole = await tenant.admin.call<object>('GET', `${CONFD}/voicemails/${id}`)
      expect((await call('PUT', `/voicemails/${id}`, whole)).status).toBe(204)
      expect(await read()).toBe('********')
      expect((await call('PUT', `/voicemails/${id}`, { password: null })).status).toBe(204)
      expect(await read()).toBe(null)
    })

    it.each([
      ['no name', { name: undefined }, 'name'],
      ['letters in the number', { number: '12a' }, 'number'],
      ['a trailing newline', { number: '12\n' }, 'number'],
      ['a number as a number', { number: 12 }, 'number'],
      ['a word for a boolean', { enabled: 'true' }, 'enabled'],
      ['too many messages', { max_messages: 2 ** 31 }, 'max_messages'],
      ['an unknown access type', { accesstype: 'everybody' }, 'accesstype'],
      ['an option of three', { options: [['a', 'b', 'c']] }, 'options'],
      ['a NUL', { name: 'a\u0000b' }, 'name'],
      ['deletion without mail', { delete_messages: true }, '_schema'],
      ['a context that is not there', { context: 'nowhere' }, 'Context was not found'],
      ['a timezone that is not there', { timezone: 'mars' }, 'Timezone was not found'],
    ])('refuse %s with a list of strings that names it', async (_name, change, named) => {
      const { status, json } = await call('POST', '/voicemails', fresh(change))
      expect(status).toBe(400)
      expect(json).toEqual([expect.stringContaining(named)])
    })

    it.each(['', 'x', '[]', '"a"'])('refuse the body %j with 400', async (body) => {
      expect((await call('POST', '/voicemails', body)).status).toBe(400)
    })

    it('are unique by number and context, over all tenants and also in a race', async () => {
      const body = fresh()
      const statuses = (await Promise.all(Array.from({ length: 5 }, () => call('POST', '/voicemails', body)))).map(
        ({ status }) => status,
      )
      expect(statuses.sort()).toEqual([201, 400, 400, 400, 400])
      expect((await call('POST', '/voicemails', body)).json).toEqual([
        expect.stringContaining('Voicemail already exists'),
      ])
    })

    it('may be global once per context, also in a race; and not with users', async () => {
      const own = await installation.tenant()
      const post = () =>
        call(
          'POST',
          '/voicemails',
          { name: 'g', number: installation.nextNumber(), context: own.context, accesstype: 'global' },
          own,
        )
      const statuses = (await Promise.all([post(), post(), post()])).map(({ status }) => status)
      expect(statuses.sort()).toEqual([201, 400, 400])
      const user = await installation.account(own.uuid)
      const personal = await installation.mailbox(own, {}, [user])
      expect((await call('PUT', `/voicemails/${personal.id}`, { accesstype: 'global' }, own)).json).toEqual([
        expect.stringContaining('Operation not permitted.'),
      ])
    })

    it('are listed with search, filters, order and cut', async () => {
      const own = await installation.tenant()
      for (const name of ['Zoe', 'anna', '100%']) await installation.mailbox(own, { name })
      const names = async (query: string) =>
        ((await call('GET', `/voicemails?${query}`, undefined, own)).json as { items: { name: string }[] }).items.map(
          ({ name }) => name,
        )
      expect(await names('search=NN')).toEqual(['anna'])
      expect(await names('search=%25')).toEqual(['100%'])
      expect(await names('order=name&direction=desc&limit=1')).toHaveLength(1)
      expect(await names('name=Zoe&unknown=ignored')).toEqual(['Zoe'])
      for (const bad of ['order=id', 'direction=up', 'limit=0', 'accesstype=x'])
        expect((await call('GET', `/voicemails?${bad}`)).status).toBe(400)
    })
  })

  describe('associations', () => {
    it('give a user one mailbox, in the order of checks of the contract', async () => {
      const user = await installation.account(tenant.uuid)
      const [one, two, global, foreign] = [
        await installation.mailbox(tenant),
        await installation.mailbox(tenant),
        await installation.mailbox(await installation.tenant()),
        await installation.mailbox(tenant),
      ]
      const put = (id: number) => call('PUT', `/users/${user.uuid}/voicemails/${id}`, '')
      expect((await put(one.id)).status).toBe(204)
      expect((await put(one.id)).status).toBe(204)
      expect((await put(two.id)).json).toEqual([expect.stringContaining('User is associated with a Voicemail')])
      expect((await put(global.id)).status).toBe(404)
      expect((await call('DELETE', `/voicemails/${one.id}`)).json).toEqual([
        expect.stringContaining('Voicemail is associated with a User'),
      ])
      expect((await call('DELETE', `/users/${user.uuid}`)).json).toEqual([
        expect.stringContaining('User is associated with a Voicemail'),
      ])
      expect((await call('DELETE', `/users/${user.uuid}/voicemails`)).status).toBe(204)
      expect((await call('DELETE', `/users/${user.uuid}/voicemails`)).status).toBe(204)
      expect((await call('GET', `/users/${user.uuid}/voicemails`)).json).toEqual({ total: 0, items: [] })
      expect(foreign.users).toEqual([])
    })

    it('create a mailbox for a user, or leave nothing behind', async () => {
      const user = await installation.account(tenant.uuid)
      const body = fresh()
      expect((await call('POST', `/users/${randomUUID()}/voicemails`, body)).status).toBe(404)
      const created = await call('POST', `/users/${user.uuid}/voicemails`, body)
      expect([created.status, created.json]).toEqual([
        201,
        expect.objectContaining({ users: [expect.objectContaining({ uuid: user.uuid })] }),
      ])
      expect((await call('POST', `/users/${user.uuid}/voicemails`, fresh())).status).toBe(400)
    })
  })

  describe('devices', () => {
    it('get a password once, when none is given, and never show it again', async () => {
      const { json } = await call('POST', '/devices', {})
      const { uuid, sip_password } = json as { uuid: string; sip_password: string }
      expect(sip_password.length).toBeGreaterThan(16)
      const read = await call('GET', `/devices/${uuid}`)
      expect(read.text).not.toContain('password')
      const list = await call('GET', '/devices')
      expect(list.text).not.toContain(sip_password)
    })

    it('have a username of their own, and mailboxes of their tenant', async () => {
      const device = await installation.device(tenant)
      const foreign = await installation.mailbox(await installation.tenant())
      expect((await call('POST', '/devices', { sip_username: device.username })).json).toEqual([
        expect.stringContaining('Device already exists'),
      ])
      expect((await call('POST', '/devices', { voicemails: [foreign.id] })).json).toEqual([
        expect.stringContaining('voicemails'),
      ])
      expect((await call('POST', '/devices', { user_uuid: randomUUID() })).json).toEqual([
        expect.stringContaining('user_uuid'),
      ])
      expect((await call('PUT', `/devices/${device.uuid}`, { sip_username: 'other' })).json).toEqual([
        expect.stringContaining('sip_password'),
      ])
      expect((await call('PUT', `/devices/${device.uuid}`, { name: 'Lobby' })).status).toBe(204)
      expect((await call('DELETE', `/devices/${device.uuid}`)).status).toBe(204)
      expect((await call('GET', `/devices/${device.uuid}`)).status).toBe(404)
    })
  })

  describe('what a change says', () => {
    let events: Event[]
    let listener: EventListener
    let user: Person

    beforeAll(async () => {
      user = await installation.account(tenant.uuid)
      events = []
      listener = await EventListener.open(installation.websocketUrl, tenant.admin.token, (event) => events.push(event))
    })
    afterAll(() => listener.close())

    /** A marker event tells when everything before it has come. */
    async function settled(): Promise<void> {
      const device = await installation.device(tenant)
      await waitFor(() => events.some(({ data }) => data['device_uuid'] === device.uuid), { what: 'the marker' })
    }

    /** What the work said. */
    async function said(work: () => Promise<unknown>): Promise<(readonly [string, unknown])[]> {
      await settled()
      const from = events.length
      await work()
      await settled()
      return events
        .slice(from, -1)
        .map(({ name, data }) => [
          name,
          name.includes('mwi_updated') ? [data['user_uuid'], data['new'], data['version']] : data['user_uuid'],
        ])
    }

    it('is nothing when nothing changed', async () => {
      const box = await installation.mailbox(tenant)
      expect(await said(() => call('PUT', `/voicemails/${box.id}`, { name: 'box', enabled: true }))).toEqual([])
      expect(await said(() => call('PUT', `/voicemails/${box.id}`, {}))).toEqual([])
    })

    it('is the edit, and for each user of the mailbox once more', async () => {
      const box = await installation.mailbox(tenant, {}, [user])
      expect(await said(() => call('PUT', `/voicemails/${box.id}`, { name: 'renamed' }))).toEqual([
        ['voicemail_edited', undefined],
        ['user_voicemail_edited', user.uuid],
      ])
      await call('DELETE', `/users/${user.uuid}/voicemails`)
    })

    it('is the absolute count for who gains or loses a mailbox, and never a message again', async () => {
      const box = await installation.mailbox(tenant)
      await tenant.admin.deposit(box.id, wav(), {})
      expect(await said(() => call('PUT', `/users/${user.uuid}/voicemails/${box.id}`))).toEqual([
        ['user_voicemail_associated', user.uuid],
        ['user_voicemail_mwi_updated', [user.uuid, 1, 2]],
      ])
      expect(await said(() => call('PUT', `/voicemails/${box.id}`, { enabled: false }))).toEqual([
        ['voicemail_edited', undefined],
        ['user_voicemail_edited', user.uuid],
        ['user_voicemail_mwi_updated', [user.uuid, 0, 3]],
      ])
      expect(await said(() => call('PUT', `/voicemails/${box.id}`, { enabled: true }))).toEqual([
        ['voicemail_edited', undefined],
        ['user_voicemail_edited', user.uuid],
        ['user_voicemail_mwi_updated', [user.uuid, 1, 4]],
      ])
      expect(await said(() => call('DELETE', `/users/${user.uuid}/voicemails`))).toEqual([
        ['user_voicemail_dissociated', user.uuid],
        ['user_voicemail_mwi_updated', [user.uuid, 0, 5]],
      ])
      expect(await said(() => call('PUT', `/voicemails/${box.id}`, { accesstype: 'global' }))).toEqual([
        ['voicemail_edited', undefined],
        ['user_voicemail_mwi_updated', [null, 0, 6]],
        ['global_voicemail_mwi_updated', [undefined, 1, 6]],
      ])
      expect(await said(() => call('PUT', `/voicemails/${box.id}`, { accesstype: 'personal' }))).toEqual([
        ['voicemail_edited', undefined],
        ['global_voicemail_mwi_updated', [undefined, 0, 7]],
        ['user_voicemail_mwi_updated', [null, 1, 7]],
      ])
      expect(await said(() => call('DELETE', `/voicemails/${box.id}`))).toEqual([
        ['voicemail_deleted', undefined],
        ['user_voicemail_mwi_updated', [null, 0, 8]],
      ])
    })
  })
})
