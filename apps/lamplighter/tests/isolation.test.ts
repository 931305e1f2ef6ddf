import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  API_BASE,
  ARI_ROUTES,
  AUTH_ROUTES,
  CALL_LOGD_ROUTES,
  CALLD_ROUTES,
  CONFD_ROUTES,
  type RouteContract,
} from '@lamplighter/contracts'
import { LamplighterClient } from '@lamplighter/sdk'
import { takeTestVhost } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { type Person, type RequestBody, request, type Tenant, TestInstallation, wav } from './support.js'

/** Every route that asks for a token; what a signed link opens has tests of its own. */
const GUARDED = [...CONFD_ROUTES, ...CALLD_ROUTES, ...CALL_LOGD_ROUTES, ...ARI_ROUTES].filter(({ acl }) => acl !== null)
/** Every route with an id in its path; generated, so that a new route cannot escape. */
const ROUTES = GUARDED.filter(({ path }) => path.includes('{'))
/** Ids that no tenant owns: the six folders and the three greetings are the same in every mailbox. */
const OWNERLESS = new Set(['folder_id', 'greeting'])

/** Administrators of other tenants, for whom it does not exist. */
const OUTSIDERS = ['another tenant', 'a sibling tenant', 'a tenant below'] as const
type Outsider = (typeof OUTSIDERS)[number]
/** Whom nothing is answered. */
const REJECTED = ['no token', 'a token without the access', 'an expired token', 'a revoked token'] as const
type Rejected = (typeof REJECTED)[number]

describe('what a tenant owns', () => {
  let installation: TestInstallation
  let mine: Tenant
  let stranger: Tenant
  let parent: Tenant
  let ids: Record<string, string>
  let contextId: number
  let owner: Person
  let sharedMessage: string
  /** A context of each outsider's own: what they send would do for themselves. */
  let ownContexts: Record<Outsider, string>
  /** Tokens by what their holders are to the tenant, or are no more. */
  let tokens: Record<Outsider | Rejected | 'parent' | 'greeter', string>

  beforeAll(async () => {
    installation = await TestInstallation.start({ AMQP_URL: (await takeTestVhost()).url })
    parent = await installation.tenant()
    mine = await installation.tenant(parent.uuid)
    stranger = await installation.tenant()
    owner = await installation.account(mine.uuid)
    const mailbox = await installation.mailbox(mine, {}, [owner])
    const message = await mine.admin.deposit<{ id: string }>(mailbox.id, wav(), {})
    const greeting = `${installation.url}/api/calld/1.0/voicemails/${mailbox.id}/greetings/busy`
    await request(greeting, { method: 'POST', token: mine.admin.token, body: wav() })
    const device = await installation.device(mine, { user_uuid: owner.uuid })
    const pbx = { name: 'pbx', kind: 'ari', username: 'pbx' }
    const source = await mine.admin.call<{ uuid: string }>('POST', '/api/confd/1.1/mwi-sources', pbx)
    await mine.admin.call('PUT', `/ari/mailboxes/5150@${mine.context}?oldMessages=0&newMessages=1`)
    const contexts = await mine.admin.call<{ items: { id: number }[] }>('GET', '/api/confd/1.1/contexts')
    contextId = contexts.items[0]?.id ?? 0
    const created = async (resource: string, body: object) =>
      (await mine.admin.call<{ uuid: string }>('POST', `/api/confd/1.1/${resource}`, body)).uuid
    ids = {
      user: owner.uuid,
      voicemail_id: String(mailbox.id),
      message_id: message.id,
      uuid: device.uuid,
      folder_id: '1',
      greeting: 'busy',
      source_uuid: source.uuid,
      mailboxName: `5150@${mine.context}`,
      user_uuid: owner.uuid,
      tenant_uuid: mine.uuid,
      session_uuid: randomUUID(),
      policy_uuid: randomUUID(),
      client_id: 'x',
      consumer: 'crm',
      lamp_uuid: await lampUuid(mine),
      gateway_uuid: await created('gateways', { name: 'pbx', targets: [{ host: '192.0.2.1' }], ping_every_s: 0 }),
      mwi_policy_uuid: await created('mwi-policies', { name: 'guests' }),
    }
    const address = { address_template: 'sip:{number}@{target}' }
    await mine.admin.call('PUT', `/api/confd/1.1/gateways/${ids['gateway_uuid']}/voicemails/${mailbox.id}`, address)
    const consumer = { name: ids['consumer'], events: ['voicemail_created'] }
    await mine.admin.call('POST', '/api/confd/1.1/event-consumers', consumer)
    const shared = await installation.mailbox(mine, {})
    const greeter = await installation.account(mine.uuid)
    await mine.admin.call('PUT', `/api/confd/1.1/voicemails/${shared.id}/members/${greeter.uuid}`, {
      rights: ['greet'],
    })
    sharedMessage = (await mine.admin.deposit<{ id: string }>(shared.id, wav(), {})).id
    const sibling = await installation.tenant(parent.uuid)
    const child = await installation.tenant(mine.uuid)
    ownContexts = {
      'another tenant': stranger.context,
      'a sibling tenant': sibling.context,
      'a tenant below': child.context,
    }
    tokens = {
      'another tenant': stranger.admin.token,
      'a sibling tenant': sibling.admin.token,
      'a tenant below': child.admin.token,
      parent: parent.admin.token,
      greeter: greeter.api.token,
      'no token': '',
      'a token without the access': (await installation.accountWith(mine.uuid, ['nothing'])).api.token,
      ...(await endedTokens()),
    }
  })
  afterAll(() => installation.stop())

  /** The lamp of the owner's device. */
  async function lampUuid({ admin }: Tenant): Promise<string> {
    const { items } = await admin.call<{ items: { uuid: string }[] }>('GET', '/api/calld/1.0/lamps')
    return items[0]?.uuid ?? ''
  }

  /** An administrator's token that ran out, and one whose session was ended. */
  async function endedTokens() {
    const { username } = await installation.account(mine.uuid, ['wazo_default_admin_policy'])
    const short = await LamplighterClient.logIn(installation.url, username, 'a password', { expiration: 1 })
    const revoked = await ApiClient.logIn(installation.url, username, 'a password')
    await request(`${installation.url}/api/auth/0.1/token/${revoked.token}`, { method: 'DELETE' })
    await delay(1100)
    return { 'an expired token': short.token, 'a revoked token': revoked.token }
  }

  /** `{id}` is a mailbox or a context, by the route. */
  function fill({ path }: RouteContract): string {
    const id = path.startsWith('/contexts') ? String(contextId) : ids['voicemail_id']
    const own: Record<string, string> = path.startsWith('/mwi-sources')
      ? { ...ids, uuid: ids['source_uuid'] ?? '' }
      : ids
    return path.replace(/\{(\w+)\}/g, (_place, name: string) => (name === 'id' ? id : own[name]) ?? '')
  }

  function call(route: RouteContract, token: string, headers = {}, context = stranger.context) {
    return send(route, installation.url + API_BASE[route.api] + fill(route), token, headers, context)
  }

  function send(route: RouteContract, url: string, token: string, headers = {}, context = stranger.context) {
    const bodies: Record<string, RequestBody> = { audio: wav(), archive: 'x', json: validBody(route, context) }
    const body = bodies[route.bodyKind]
    const init = { method: route.method, token, headers: { 'content-type': 'application/json', ...headers } }
    return request(url, body === undefined ? init : { ...init, body })
  }

  // What is the installation's own is no tenant's.
  const owned = ROUTES.filter(
    ({ params, masterOnly }) => !masterOnly && Object.keys(params).some((name) => !OWNERLESS.has(name)),
  )

  it('is covered by this test: every route with an id fills in all its ids', () => {
    expect(owned.length).toBeGreaterThan(20)
    for (const route of owned) expect(fill(route)).not.toMatch(/\{|\/\/|undefined/)
  })

  const titled = (routes: readonly RouteContract[]) =>
    routes.map((route) => [`${route.method} ${route.api} ${route.path}`, route] as const)

  describe.each(OUTSIDERS)('is not found by the administrator of %s', (outsider) => {
    it.each(titled(owned))('%s', async (_name, route) => {
      const { status, text } = await call(route, tokens[outsider], {}, ownContexts[outsider])
      expect(status, text).toBe(404)
    })
  })

  describe.each(REJECTED)('is refused with 401 to %s', (rejected) => {
    it.each(titled(GUARDED))('%s', async (_name, route) => {
      expect((await call(route, tokens[rejected])).status).toBe(401)
    })
  })

  it.each(titled(owned))('cannot be had by naming the tenant in the header: %s', async (_name, route) => {
    const { status } = await call(route, stranger.admin.token, { 'wazo-tenant': mine.uuid })
    expect(status).toBe(401)
  })

  /** Of what has a name in its tenant only, the tenant above must say which tenant it means. */
  const isMine = ({ api, path }: RouteContract) =>
    api === 'ari' || path.startsWith('/users/me/') || path.startsWith('/event-consumers/')
  it.each(titled(owned.filter((route) => route.method === 'GET' && !isMine(route))))(
    'is answered to the administrator of the tenant above as to its own: %s',
    async (_name, route) => {
      const [above, its] = [await call(route, tokens.parent), await call(route, mine.admin.token)]
      expect(its.status).toBe(200)
      // An archive says when it was made.
      const shown = (text: string) => (route.produces === undefined ? text : '')
      expect([above.status, shown(above.text)]).toEqual([its.status, shown(its.text)])
    },
  )

  it.each(titled(owned.filter(({ path }) => path.startsWith('/users/me/voicemails/messages/{message_id}'))))(
    'is 403 for a member without the right, not 401, which would make clients log in again: %s',
    async (_name, route) => {
      const url = installation.url + API_BASE[route.api] + route.path.replace('{message_id}', sharedMessage)
      const { status, json } = await send(route, url, tokens.greeter)
      // What lies in the trash is out of a lister's sight altogether.
      if (route.path.endsWith('/restore')) expect(status).toBe(404)
      else expect([status, json]).toMatchObject([403, { error_id: 'mailbox-right-missing' }])
    },
  )

  it('is within reach of the parent tenant, by id and with the header, but not of a sibling', async () => {
    const url = `${installation.url}/api/confd/1.1/voicemails/${ids['voicemail_id']}`
    expect((await request(url, { token: parent.admin.token })).status).toBe(200)
    expect((await request(url, { token: parent.admin.token, headers: { 'wazo-tenant': mine.uuid } })).status).toBe(200)
    const sibling = await installation.tenant(parent.uuid)
    expect((await request(url, { token: sibling.admin.token })).status).toBe(404)
    const list = await parent.admin.call<{ total: number }>('GET', '/api/confd/1.1/voicemails')
    const deep = await parent.admin.call<{ total: number }>('GET', '/api/confd/1.1/voicemails?recurse=True')
    expect([list.total, deep.total]).toEqual([0, 3])
  })

  it('is still there after all these attempts', async () => {
    const { status } = await request(
      `${installation.url}/api/calld/1.0/voicemails/${ids['voicemail_id']}/messages/${ids['message_id']}`,
      {
        token: mine.admin.token,
      },
    )
    expect(status).toBe(200)
  })

  it('is guarded by contracts that are all mounted: the route table and the server agree', async () => {
    for (const route of [...AUTH_ROUTES, ...CONFD_ROUTES, ...CALLD_ROUTES, ...CALL_LOGD_ROUTES, ...ARI_ROUTES]) {
      const response = await fetch(installation.url + API_BASE[route.api] + fill(route).replace('{token}', 'x'), {
        method: 'OPTIONS',
      })
      expect(response.status, route.path).toBe(200)
      expect(response.headers.get('allow'), route.path).toContain(route.method)
    }
  })
})

/** Bodies of routes by how their paths end. */
const OWN_BODIES = [
  ['/members', { items: [] }],
  ['/mailboxes/{mailboxName}', { oldMessages: 0, newMessages: 0 }],
  ['/claim', {}],
  ['/status', { status: 'open' }],
  ['/flags', {}],
  ['/forward', { voicemail_ids: [1] }],
  ['/members/everyone', { rights: ['listen'] }],
  ['/members/{user_uuid}', { rights: ['listen'] }],
] as const

/** A body that would be accepted by its owner, so that only the tenant can be what stops it. */
function validBody(route: RouteContract, context: string): string {
  if (route.path.endsWith('/transcription')) return '{"text": "x"}'
  if (route.path.endsWith('/link')) return '{}'
  if (route.path.endsWith('/copy')) return '{"dest_greeting": "name"}'
  if (route.path.endsWith('/pin/verify')) return '{"pin": "1"}'
  const own = OWN_BODIES.find(([end]) => route.path.endsWith(end))
  if (own) return JSON.stringify(own[1])
  if (route.path.endsWith('/bulk')) return '{"action": "delete", "ids": ["x"]}'
  if (route.path.includes('messages')) return '{"folder_id": 2}'
  if (route.path.endsWith('/voicemails')) return JSON.stringify({ name: 'x', number: '99999', context })
  return '{}'
}
