import { randomUUID } from 'node:crypto'
import { takeTestVhost } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiClient } from '../src/demo/api-client.js'
import { BusEar } from './bus-ear.js'
import { type Person, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const AUTH = '/api/auth/0.1'
const CALLD = '/api/calld/1.0'

describe('a change that changes nothing says nothing on the bus', () => {
  let installation: TestInstallation
  let ear: BusEar
  let master: ApiClient
  let tenant: Tenant
  let anna: Person
  let bob: Person
  let box: Voicemail

  beforeAll(async () => {
    const { url } = await takeTestVhost()
    installation = await TestInstallation.start({ AMQP_URL: url })
    master = await installation.master()
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    bob = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
    ear = await BusEar.open(url, (sip_username) => tenant.admin.call('POST', `${CONFD}/devices`, { sip_username }))
  })
  afterAll(async () => {
    await ear.close()
    await installation.stop()
  })

  const names = async (work: () => Promise<unknown>) => (await ear.during(work)).map(({ name }) => name)

  /** The work says something the first time and nothing the second. */
  async function onlyOnce(work: () => Promise<unknown>): Promise<void> {
    expect(await names(work)).not.toEqual([])
    expect(await names(work)).toEqual([])
  }

  /** What was read is sent back as it is. */
  async function sentBack(api: ApiClient, path: string): Promise<string[]> {
    const body = await api.call('GET', path)
    return names(() => api.call('PUT', path, body))
  }

  it.each([
    ['a SIP device', '/devices', {}],
    ['a gateway', '/gateways', { name: 'pbx', targets: [{ host: '192.0.2.1' }], ping_every_s: 0, contexts: [] }],
    ['a policy on message waiting', '/mwi-policies', { name: 'guests' }],
  ])('%s as it was read', async (_what, path, body) => {
    const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', CONFD + path, body)
    expect(await sentBack(tenant.admin, `${CONFD}${path}/${uuid}`)).toEqual([])
    expect(await names(() => tenant.admin.call('PUT', `${CONFD}${path}/${uuid}`, {}))).toEqual([])
  })

  it('a mailbox, a user of confd and a context as they were read', async () => {
    const contexts = await tenant.admin.call<{ items: { id: number }[] }>('GET', `${CONFD}/contexts`)
    for (const path of [`/voicemails/${box.id}`, `/users/${anna.uuid}`, `/contexts/${contexts.items[0]?.id}`])
      expect([path, await sentBack(tenant.admin, CONFD + path)]).toEqual([path, []])
  })

  it('a tenant, an account and a policy as they were read', async () => {
    const policy = { name: `p${randomUUID()}`, acl: ['confd.voicemails.read'] }
    const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', `${AUTH}/policies`, policy)
    await tenant.admin.call('PUT', `${AUTH}/users/${bob.uuid}/policies/${uuid}`)
    expect(await sentBack(master, `${AUTH}/tenants/${tenant.uuid}`)).toEqual([])
    for (const path of [`/users/${bob.uuid}`, `/policies/${uuid}`])
      expect([path, await sentBack(tenant.admin, AUTH + path)]).toEqual([path, []])
  })

  it('the same change of a tenant, an account or a policy by another request at once', async () => {
    const policy = { name: `p${randomUUID()}`, acl: ['confd.voicemails.read'] }
    const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', `${AUTH}/policies`, policy)
    await tenant.admin.call('PUT', `${AUTH}/users/${bob.uuid}/policies/${uuid}`)
    const changes: [ApiClient, string, object, string[]][] = [
      [master, `/tenants/${tenant.uuid}`, { name: `n${randomUUID()}` }, ['auth_tenant_updated']],
      [tenant.admin, `/users/${bob.uuid}`, { username: bob.username, lastname: 'B' }, ['auth_user_rights_changed']],
      [tenant.admin, `/policies/${uuid}`, { ...policy, acl: [] }, ['auth_policy_changed', 'auth_security_noticed']],
    ]
    for (const [api, path, body, events] of changes) {
      const change = () => api.call('PUT', AUTH + path, body)
      expect(await names(() => Promise.all(Array.from({ length: 8 }, change)))).toEqual(events)
    }
  })

  it('a policy that the user has, or has not', async () => {
    const policy = { name: `p${randomUUID()}`, acl: ['confd.voicemails.read'] }
    const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', `${AUTH}/policies`, policy)
    const path = `${AUTH}/users/${bob.uuid}/policies/${uuid}`
    await onlyOnce(() => tenant.admin.call('PUT', path))
    await onlyOnce(() => tenant.admin.call('DELETE', path).catch(() => {}))
  })

  it('a member with the rights it has; an association that is there; one that is not', async () => {
    const { id } = await installation.mailbox(tenant)
    const member = (who: string) => `${CONFD}/voicemails/${id}/members/${who}`
    for (const who of [bob.uuid, 'everyone']) {
      await onlyOnce(() => tenant.admin.call('PUT', member(who), { rights: ['listen'] }))
      await onlyOnce(() => tenant.admin.call('DELETE', member(who)).catch(() => {}))
    }
    await onlyOnce(() => tenant.admin.call('PUT', `${CONFD}/users/${bob.uuid}/voicemails/${id}`))
    await onlyOnce(() => tenant.admin.call('DELETE', `${CONFD}/users/${bob.uuid}/voicemails`))
  })

  it('the address of a mailbox at a gateway that it has', async () => {
    const body = { name: 'at', targets: [{ host: '192.0.2.1' }], ping_every_s: 0 }
    const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/gateways`, body)
    const path = `${CONFD}/gateways/${uuid}/voicemails/${box.id}`
    await onlyOnce(() => tenant.admin.call('PUT', path, { address_template: 'sip:1@example.net' }))
    await onlyOnce(() => tenant.admin.call('DELETE', path).catch(() => {}))
  })

  it.each<[string, string, string, unknown]>([
    ['moved to where it is', 'PUT', '', { folder_id: 2 }],
    ['with the flags it has', 'PUT', '/flags', { unread: true, priority: 'urgent', private: true }],
    ['with the status it has', 'PUT', '/status', { status: 'call-back', note: 'Zoë' }],
    ['with the transcription it has', 'PUT', '/transcription', { text: 'hello' }],
  ])('a message %s', async (_what, method, rest, body) => {
    const { id } = await tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})
    await onlyOnce(() => tenant.admin.call(method, `${CALLD}/voicemails/${box.id}/messages/${id}${rest}`, body))
  })

  it('messages that are moved together to where they are, and one that is deleted already', async () => {
    const { id } = await tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})
    const bulk = { action: 'move', ids: [id], folder_id: 2 }
    await onlyOnce(() => tenant.admin.call('POST', `${CALLD}/voicemails/${box.id}/messages/bulk`, bulk))
    const claim = `${CALLD}/users/me/voicemails/messages/${id}/claim`
    await anna.api.call('PUT', claim)
    await onlyOnce(() => anna.api.call('DELETE', claim).catch(() => {}))
    await onlyOnce(() => tenant.admin.call('DELETE', `${CALLD}/voicemails/${box.id}/messages/${id}`).catch(() => {}))
  })

  it('a mailbox that is as good as new', async () => {
    const { id } = await installation.mailbox(tenant)
    await tenant.admin.deposit(id, wav(100), {})
    await onlyOnce(() => tenant.admin.call('POST', `${CONFD}/voicemails/${id}/reset`))
  })

  it('the counts of an external mailbox that it has', async () => {
    const username = `a${randomUUID().slice(0, 8)}`
    const source = { name: 'pbx', kind: 'ari', username }
    const { secret } = await tenant.admin.call<{ secret: string }>('POST', `${CONFD}/mwi-sources`, source)
    const { number } = await installation.mailbox(tenant, { external: { source: 'ari' } })
    const authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`
    await onlyOnce(async () => {
      const url = `${installation.url}/ari/mailboxes/${number}@${tenant.context}?oldMessages=1&newMessages=2`
      const { status } = await fetch(url, { method: 'PUT', headers: { authorization } })
      expect(status).toBe(204)
    })
  })
})
