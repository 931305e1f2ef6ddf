import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ConfdCall, confdOf, Ear, namesOf } from './confd-support.js'
import { type Person, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

let installation: TestInstallation
let tenant: Tenant
let call: ConfdCall

beforeAll(async () => {
  installation = await TestInstallation.start()
  tenant = await installation.tenant()
  call = confdOf(installation, tenant.admin)
})
afterAll(() => installation.stop())

const fresh = (more: Record<string, unknown> = {}) => ({
  name: 'box',
  number: installation.nextNumber(),
  context: tenant.context,
  ...more,
})
/** What an error is about: its category or field, in the one string there is. */
const about = ({ json }: { json: unknown }) => (json as string[]).join('\n')

describe('1 GET /voicemails', () => {
  let own: Tenant
  let list: (query?: string) => Promise<{ total: number; items: Voicemail[] }>
  const names = async (query: string) => (await list(query)).items.map(({ name }) => name)

  beforeAll(async () => {
    own = await installation.tenant()
    const mine = confdOf(installation, own.admin)
    list = async (query = '') => (await mine('GET', `/voicemails?${query}`)).json as never
    const boxes = [
      { name: 'Zoë Núñez', number: '300', email: 'zoe@example.org', language: 'fr_FR' },
      { name: 'anna', number: '100', email: 'ANNA@example.org', pager: 'Übergabe' },
      { name: '100%', number: '200', accesstype: 'global' },
      { name: 'under_score', number: '400', pager: null },
    ]
    for (const fields of boxes) await installation.mailbox(own, fields)
  })

  it('1 [C]: total and items, by number unless asked otherwise', async () => {
    const { total, items } = await list()
    expect([total, items.map(({ number }) => number)]).toEqual([4, ['100', '200', '300', '400']])
  })

  it.each([
    ['name', 'nu', ['Zoë Núñez']],
    ['name without accents', 'zoe nunez', ['Zoë Núñez']],
    ['name with other accents', 'ZÖÉ', ['Zoë Núñez']],
    ['number', '30', ['Zoë Núñez']],
    ['email', 'Anna@EXAMPLE', ['anna']],
    ['pager', 'ubergabe', ['anna']],
  ])('1.7 [C]: search finds part of the %s, whatever case and accents', async (_column, term, expected) => {
    expect(await names(`search=${encodeURIComponent(term)}`)).toEqual(expected)
  })

  it('1.7 [B]: % and _ in a search stand for themselves', async () => {
    expect(await names('search=%25')).toEqual(['100%'])
    expect(await names('search=_')).toEqual(['under_score'])
    expect(await names('search=%5C')).toEqual([])
  })

  it('1.7 [C]: an empty search is none; language and context are not searched', async () => {
    expect((await list('search=')).total).toBe(4)
    expect((await list('search=fr_FR')).total).toBe(0)
    expect((await list(`search=${own.context}`)).total).toBe(0)
  })

  it.each([
    ['name', '100%', 1],
    ['name', '100', 0],
    ['number', '300', 1],
    ['email', 'zoe@example.org', 1],
    ['email', 'ZOE@example.org', 0],
    ['language', 'fr_FR', 1],
    ['timezone', 'x', 0],
    ['pager', 'Übergabe', 1],
    ['accesstype', 'global', 1],
    ['accesstype', 'personal', 3],
  ])('1 [C]: ?%s= filters by the exact value: %s', async (column, value, total) => {
    expect((await list(`${column}=${encodeURIComponent(value)}`)).total).toBe(total)
  })

  it('1 [C]: number and context together find a mailbox; filters and search combine with AND', async () => {
    expect(await names(`number=300&context=${own.context}`)).toEqual(['Zoë Núñez'])
    expect(await names('search=example&language=fr_FR')).toEqual(['Zoë Núñez'])
  })

  it('1 [C]: other names are not filters and are ignored', async () => {
    expect((await list('id=1&enabled=false&nonsense=x')).total).toBe(4)
  })

  it.each(['name', 'number', 'email', 'context', 'language', 'timezone', 'pager', 'accesstype'])(
    '1 [C]: order=%s, both ways',
    async (column) => {
      const there = (await list(`order=${column}`)).items.map((item) => item[column as 'name'])
      const back = (await list(`order=${column}&direction=desc`)).items.map((item) => item[column as 'name'])
      expect(there).toEqual([...back].reverse())
      expect(there).toHaveLength(4)
    },
  )

  it('1.7 [B]: ties go by id', async () => {
    const ids = (await list('order=context')).items.map(({ id }) => id)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
  })

  it('1.7 [C]: limit and offset cut; total stays the number before the cut, also past the end', async () => {
    expect(await list('limit=1&offset=1')).toMatchObject({ total: 4, items: [{ number: '200' }] })
    expect(await list('offset=10')).toEqual({ total: 4, items: [] })
    expect(await names('limit=2&limit=1')).toHaveLength(2)
  })

  it.each([
    ['order=id', 'order'],
    ['order=nonsense', 'order'],
    ['direction=up', 'direction'],
    ['limit=0', 'limit'],
    ['limit=x', 'limit'],
    ['limit=1_0', 'limit'],
    ['offset=-1', 'offset'],
    ['recurse=maybe', 'recurse'],
  ])('1.7 [C]: ?%s is 400 and names %s', async (query, field) => {
    const answer = await call('GET', `/voicemails?${query}`)
    expect([answer.status, about(answer)]).toEqual([400, expect.stringContaining(field)])
  })

  it('F-47 [B]: ?accesstype=<other> is 400, not 500', async () => {
    const answer = await call('GET', '/voicemails?accesstype=other')
    expect([answer.status, about(answer)]).toEqual([400, expect.stringContaining('accesstype')])
  })

  it('1 [C]: recurse=True includes descendants, each with its own tenant_uuid', async () => {
    const above = await installation.tenant()
    const below = await installation.tenant(above.uuid)
    await installation.mailbox(below)
    const mine = confdOf(installation, above.admin)
    expect((await mine('GET', '/voicemails?recurse=False')).json).toMatchObject({ total: 0 })
    expect((await mine('GET', '/voicemails?recurse=True')).json).toMatchObject({
      total: 1,
      items: [{ tenant_uuid: below.uuid }],
    })
  })

  it('F-23 [B]: the number of statements does not grow with the rows', async () => {
    const crowd = await installation.tenant()
    const mine = confdOf(installation, crowd.admin)
    const add = async () => installation.mailbox(crowd, {}, [await installation.account(crowd.uuid)])
    const statements = async () => {
      const query = vi.spyOn(pg.Client.prototype, 'query')
      await mine('GET', '/voicemails?search=box')
      const given = query.mock.calls as unknown as [string | { text: string }][]
      const texts = given.map(([one]) => (typeof one === 'string' ? one : one.text))
      query.mockRestore()
      return texts.filter((text) => /"public"\."(mailbox|mailbox_user|user|tenant)"|fold_text/.test(text)).length
    }
    await add()
    const few = await statements()
    for (let i = 0; i < 5; i++) await add()
    expect(few).toBeGreaterThan(2)
    expect(await statements()).toBe(few)
  })
})

describe('2 POST /voicemails', () => {
  it('2 [C]: 201 with the mailbox and its Location', async () => {
    const { status, json, headers } = await call('POST', '/voicemails', fresh())
    const { id } = json as Voicemail
    expect([status, headers.get('location')]).toEqual([201, `${installation.url}/api/confd/1.1/voicemails/${id}`])
    expect((await call('GET', `/voicemails/${id}`)).json).toEqual(json)
  })

  it('2 [C]: checks in the order body, fields, R1, R7, R8, R2, R3', async () => {
    const context = (await tenant.admin.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'o' })).name
    const taken = await installation.mailbox(tenant, { accesstype: 'global', context })
    const wrong = {
      ...fresh({ accesstype: 'global' }),
      number: 'x',
      delete_messages: true,
      context: 'nowhere',
      timezone: 'mars',
    }
    const step = async (change: Record<string, unknown>) =>
      about(await call('POST', '/voicemails', { ...wrong, ...change }))
    expect((await call('POST', '/voicemails', '{')).status).toBe(400)
    expect(await step({})).toMatch(/^Input Error - number: /)
    const fields = { number: taken.number }
    expect(await step(fields)).toMatch(/^Input Error - _schema: /)
    const r1 = { ...fields, delete_messages: false }
    expect(await step(r1)).toMatch(/^Input Error - Context was not found/)
    const r7 = { ...r1, context }
    expect(await step(r7)).toMatch(/^Input Error - Timezone was not found/)
    const r8 = { ...r7, timezone: null }
    expect(await step(r8)).toMatch(/^Resource Error - Voicemail already exists/)
    const r2 = { ...r8, number: installation.nextNumber() }
    expect(await step(r2)).toMatch(/^Resource Error - Operation not permitted\./)
    const r3 = { ...r2, accesstype: 'personal' }
    expect((await call('POST', '/voicemails', { ...wrong, ...r3 })).status).toBe(201)
  })
})

describe('3 GET /voicemails/{id}', () => {
  it.each(['0', '2147483647'])('3 [C]: 404 E1 for %s', async (id) => {
    const { status, json } = await call('GET', `/voicemails/${id}`)
    expect([status, json]).toEqual([404, [expect.stringContaining('Resource Not Found - Voicemail was not found')]])
  })

  it.each(['-1', 'x', '1.5', '99999999999'])('1.9 [C]: %s is no id, so the path is unknown (404 E4)', async (id) => {
    const { status, json } = await call('GET', `/voicemails/${id}`)
    expect([status, json]).toEqual([404, { message: expect.any(String) }])
  })
})

describe('4 PUT /voicemails/{id}', () => {
  const put = (id: number, body: unknown) => call('PUT', `/voicemails/${id}`, body)

  it('4 [C]: absent keys keep their value, accesstype too; an empty object is 204', async () => {
    const context = (await tenant.admin.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'p' })).name
    const before = await installation.mailbox(tenant, { accesstype: 'global', context, email: 'a@b', max_messages: 3 })
    expect((await put(before.id, {})).status).toBe(204)
    expect((await put(before.id, { name: 'new' })).status).toBe(204)
    expect((await call('GET', `/voicemails/${before.id}`)).json).toEqual({ ...before, name: 'new' })
  })

  it('4 [C]: checks in the order body, existence, fields, R1, R7, R8, R2, R3, R4', async () => {
    const other = (await tenant.admin.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'q' })).name
    const taken = await installation.mailbox(tenant, { accesstype: 'global', context: other })
    const user = await installation.account(tenant.uuid)
    const { id } = await installation.mailbox(tenant, {}, [user])
    const wrong = {
      number: 'x',
      accesstype: 'global',
      delete_messages: true,
      context: 'nowhere',
      timezone: 'mars',
    }
    const step = async (change: Record<string, unknown>) => about(await put(id, { ...wrong, ...change }))
    expect((await call('PUT', '/voicemails/2147483647', '{')).status).toBe(400)
    expect((await call('PUT', '/voicemails/2147483647', { number: 'x' })).status).toBe(404)
    expect(await step({})).toMatch(/^Input Error - number: /)
    const fields = { number: taken.number }
    expect(await step(fields)).toMatch(/^Input Error - _schema: /)
    const r1 = { ...fields, delete_messages: false }
    expect(await step(r1)).toMatch(/^Input Error - Context was not found/)
    const r7 = { ...r1, context: other }
    expect(await step(r7)).toMatch(/^Input Error - Timezone was not found/)
    const r8 = { ...r7, timezone: null }
    expect(await step(r8)).toMatch(/^Resource Error - Voicemail already exists/)
    const r2 = { ...r8, number: installation.nextNumber() }
    expect(await step(r2)).toMatch(/context has a global|Operation not permitted/)
    const r3 = { ...r2, context: tenant.context }
    expect(await step(r3)).toMatch(/^Resource Error - Operation not permitted\./)
    expect((await put(id, { ...wrong, ...r3, accesstype: 'personal' })).status).toBe(204)
  })

  it('4 [C]: number and context may change with users attached; messages follow; nothing at the target is lost (F-17)', async () => {
    const user = await installation.account(tenant.uuid)
    const moved = await installation.mailbox(tenant, {}, [user])
    const message = await tenant.admin.deposit<{ id: string }>(moved.id, wav(), {})
    const gone = await installation.mailbox(tenant)
    const left = await tenant.admin.deposit<{ id: string }>(gone.id, wav(), {})
    await call('DELETE', `/voicemails/${gone.id}`)
    expect((await put(moved.id, { number: gone.number })).status).toBe(204)
    const mine = await user.api.call<{ items: { id: string }[] }>('GET', '/api/calld/1.0/users/me/voicemails/messages')
    expect(mine.items.map(({ id }) => id)).toEqual([message.id])
    expect((await call('PUT', `/voicemails/${gone.id}/restore`, { number: installation.nextNumber() })).status).toBe(
      204,
    )
    const back = `/api/calld/1.0/voicemails/${gone.id}/messages/${left.id}`
    expect(await tenant.admin.call('GET', back)).toMatchObject({ id: left.id })
  })

  it('4 [B]: two changes of different fields at once both last', async () => {
    const { id } = await installation.mailbox(tenant)
    for (let round = 0; round < 5; round++) {
      const change = { email: `e${round}@x`, pager: `p${round}` }
      await Promise.all([put(id, { email: change.email }), put(id, { pager: change.pager })])
      expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject(change)
    }
  })

  it('2.2 [C]: the mailbox keeps its name when the user is renamed', async () => {
    const user = await installation.account(tenant.uuid)
    const { id, name } = await installation.mailbox(tenant, {}, [user])
    await call('PUT', `/users/${user.uuid}`, { firstname: 'Renamed' })
    expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject({ name, users: [{ firstname: 'Renamed' }] })
  })
})

describe('5 DELETE /voicemails/{id}', () => {
  it('5 [C]: 404, then 400 naming the users, then 204 and gone', async () => {
    const user = await installation.account(tenant.uuid)
    const { id } = await installation.mailbox(tenant, {}, [user])
    expect((await call('DELETE', '/voicemails/2147483647')).status).toBe(404)
    const refused = await call('DELETE', `/voicemails/${id}`)
    expect([refused.status, about(refused)]).toEqual([
      400,
      expect.stringContaining('Voicemail is associated with a User'),
    ])
    expect(refused.text).toContain(user.uuid)
    await call('DELETE', `/users/${user.uuid}/voicemails`)
    expect((await call('DELETE', `/voicemails/${id}`)).status).toBe(204)
    for (const method of ['GET', 'DELETE']) expect((await call(method, `/voicemails/${id}`)).status).toBe(404)
    expect((await call('PUT', `/voicemails/${id}`, {})).status).toBe(404)
  })

  it('1.10 [C]: an empty body with a JSON content type is fine', async () => {
    const { id } = await installation.mailbox(tenant)
    expect((await call('DELETE', `/voicemails/${id}`, '')).status).toBe(204)
  })
})

describe('2.1 routes', () => {
  it.each([
    ['DELETE', `/users/${randomUUID()}/voicemails/1`],
    ['PATCH', '/voicemails/1'],
    ['PUT', '/voicemails'],
  ])('2.1 [C]: %s %s does not exist (405)', async (method, path) => {
    expect((await call(method, path, {})).status).toBe(405)
  })

  it.each(['/users/me/voicemails', '/voicemails/1/users', '/voicemails/'])(
    '2.1 [C]: there is no %s (404)',
    async (path) => {
      expect((await call('GET', path)).status).toBe(404)
    },
  )
})

describe('F-52 [B]: errors name their permanent codes in X-Error-Codes, one for each string', () => {
  it.each([
    ['GET', '/voicemails/2147483647', undefined, 'no-such-voicemail'],
    ['POST', '/voicemails', { number: 'x', enabled: 1 }, 'invalid-data,invalid-data,invalid-data,invalid-data'],
    ['POST', '/voicemails', { name: 'a', number: '1', context: 'nowhere' }, 'unknown-context'],
    ['POST', '/voicemails', '{', 'unreadable-body'],
  ])('%s %s', async (method, path, body, codes) => {
    const { headers, json } = await call(method, path, body)
    expect([headers.get('x-error-codes'), (json as string[]).length]).toEqual([codes, codes.split(',').length])
  })

  it('also when it is the token', async () => {
    const nobody = await installation.accountWith(tenant.uuid, ['nothing'])
    const { status, headers, text } = await confdOf(installation, nobody.api)('GET', '/voicemails')
    expect([status, headers.get('x-error-codes')]).toEqual([401, 'unauthorized'])
    expect(text).not.toContain(nobody.api.token)
  })
})

describe('2.6 events', () => {
  let ear: Ear
  let user: Person

  beforeAll(async () => {
    user = await installation.account(tenant.uuid)
    ear = await Ear.open(installation, tenant.admin)
  })
  afterAll(() => ear.close())

  it('2.6 [C]: POST says voicemail_created with the id', async () => {
    let id = 0
    const events = await ear.during(async () => {
      id = ((await call('POST', '/voicemails', fresh())).json as Voicemail).id
    })
    expect(events).toEqual([['voicemail_created', { id }]])
  })

  it('2.6 [C]: PUT says voicemail_edited, then user_voicemail_edited for each user', async () => {
    const other = await installation.account(tenant.uuid)
    const { id } = await installation.mailbox(tenant, {}, [user, other])
    const events = await ear.during(() => call('PUT', `/voicemails/${id}`, { name: 'new' }))
    expect(events[0]).toEqual(['voicemail_edited', { id }])
    const users = [user.uuid, other.uuid].sort()
    expect(events.slice(1)).toEqual(
      users.map((uuid) => ['user_voicemail_edited', { user_uuid: uuid, voicemail_id: id }]),
    )
    await call('DELETE', `/users/${user.uuid}/voicemails`)
  })

  it('F-11 [B]: a PUT that changes nothing says nothing', async () => {
    const before = await installation.mailbox(tenant, { email: 'a@b', options: [['a', 'b']] })
    expect(await ear.during(() => call('PUT', `/voicemails/${before.id}`, before))).toEqual([])
    expect(await ear.during(() => call('PUT', `/voicemails/${before.id}`, {}))).toEqual([])
  })

  it('2.6 [C], F-05 [B]: DELETE says voicemail_deleted, no message event, and absolute zeros at once', async () => {
    const { id } = await installation.mailbox(tenant)
    await tenant.admin.deposit(id, wav(), {})
    const events = await ear.during(() => call('DELETE', `/voicemails/${id}`))
    expect(events).toEqual([
      ['voicemail_deleted', { id }],
      ['user_voicemail_mwi_updated', expect.objectContaining({ voicemail_id: id, new: 0, old: 0, version: 2 })],
    ])
  })

  it('a refused change says nothing', async () => {
    const { id } = await installation.mailbox(tenant, {}, [user])
    const events = await ear.during(async () => {
      await call('DELETE', `/voicemails/${id}`)
      await call('PUT', `/voicemails/${id}`, { accesstype: 'global' })
      await call('POST', '/voicemails', fresh({ context: 'nowhere' }))
    })
    expect(namesOf(events)).toEqual([])
  })
})
