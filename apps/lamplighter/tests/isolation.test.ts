import { randomUUID } from 'node:crypto'
import {
  API_BASE,
  AUTH_ROUTES,
  CALL_LOGD_ROUTES,
  CALLD_ROUTES,
  CONFD_ROUTES,
  type RouteContract,
} from '@lamplighter/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, type RequestBody, request, type Tenant, TestInstallation, wav } from './support.js'

/** Every route that asks for a token; what a signed link opens has tests of its own. */
const GUARDED = [...CONFD_ROUTES, ...CALLD_ROUTES, ...CALL_LOGD_ROUTES].filter(({ acl }) => acl !== null)
/** Every route with an id in its path; generated, so that a new route cannot escape. */
const ROUTES = GUARDED.filter(({ path }) => path.includes('{'))
/** Ids that no tenant owns: the six folders and the three greetings are the same in every mailbox. */
const OWNERLESS = new Set(['folder_id', 'greeting'])

describe('what another tenant owns', () => {
  let installation: TestInstallation
  let mine: Tenant
  let stranger: Tenant
  let parent: Tenant
  let ids: Record<string, string>
  let contextId: number
  let owner: Person

  beforeAll(async () => {
    installation = await TestInstallation.start()
    parent = await installation.tenant()
    mine = await installation.tenant(parent.uuid)
    stranger = await installation.tenant()
    owner = await installation.account(mine.uuid)
    const mailbox = await installation.mailbox(mine, {}, [owner])
    const message = await mine.admin.deposit<{ id: string }>(mailbox.id, wav(), {})
    const greeting = `${installation.url}/api/calld/1.0/voicemails/${mailbox.id}/greetings/busy`
    await request(greeting, { method: 'POST', token: mine.admin.token, body: wav() })
    const device = await installation.device(mine, { user_uuid: owner.uuid })
    const contexts = await mine.admin.call<{ items: { id: number }[] }>('GET', '/api/confd/1.1/contexts')
    contextId = contexts.items[0]?.id ?? 0
    ids = {
      user: owner.uuid,
      voicemail_id: String(mailbox.id),
      message_id: message.id,
      uuid: device.uuid,
      folder_id: '1',
      greeting: 'busy',
      user_uuid: owner.uuid,
      tenant_uuid: mine.uuid,
      session_uuid: randomUUID(),
      policy_uuid: randomUUID(),
      client_id: 'x',
    }
  })
  afterAll(() => installation.stop())

  /** `{id}` is a mailbox or a context, by the route. */
  function fill({ path }: RouteContract): string {
    const id = path.startsWith('/contexts') ? String(contextId) : ids['voicemail_id']
    return path.replace(/\{(\w+)\}/g, (_place, name: string) => (name === 'id' ? id : ids[name]) ?? '')
  }

  function call(route: RouteContract, token: string, headers: Record<string, string> = {}) {
    const bodies: Record<string, RequestBody> = { audio: wav(), archive: 'x', json: validBody(route, stranger.context) }
    const body = bodies[route.bodyKind]
    const init = { method: route.method, token, headers: { 'content-type': 'application/json', ...headers } }
    return request(installation.url + API_BASE[route.api] + fill(route), body === undefined ? init : { ...init, body })
  }

  const owned = ROUTES.filter(({ params }) => Object.keys(params).some((name) => !OWNERLESS.has(name)))

  it('is covered by this test: every route with an id fills in all its ids', () => {
    expect(owned.length).toBeGreaterThan(20)
    for (const route of owned) expect(fill(route)).not.toMatch(/\{|\/\/|undefined/)
  })

  it.each(owned.map((route) => [`${route.method} ${route.api} ${route.path}`, route] as const))(
    'is not found by a stranger: %s',
    async (_name, route) => {
      const { status, text } = await call(route, stranger.admin.token)
      expect(status, text).toBe(404)
    },
  )

  it.each(owned.map((route) => [`${route.method} ${route.api} ${route.path}`, route] as const))(
    'cannot be had by naming the tenant in the header: %s',
    async (_name, route) => {
      const { status } = await call(route, stranger.admin.token, { 'wazo-tenant': mine.uuid })
      expect(status).toBe(401)
    },
  )

  it.each(GUARDED.map((route) => [`${route.method} ${route.api} ${route.path}`, route] as const))(
    'and nothing at all is answered without a token or the access: %s',
    async (_name, route) => {
      const nobody = await installation.accountWith(mine.uuid, ['nothing'])
      expect((await call(route, '')).status).toBe(401)
      expect((await call(route, nobody.api.token)).status).toBe(401)
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
    expect([list.total, deep.total]).toEqual([0, 1])
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
    for (const route of [...AUTH_ROUTES, ...CONFD_ROUTES, ...CALLD_ROUTES, ...CALL_LOGD_ROUTES]) {
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
