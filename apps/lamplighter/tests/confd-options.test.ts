import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdAnswer, type ConfdCall, confdOf, Ear } from './confd-support.js'
import { type Tenant, TestInstallation, type Voicemail } from './support.js'

let installation: TestInstallation
let tenant: Tenant
let call: ConfdCall
let master: ConfdCall
let ear: Ear

beforeAll(async () => {
  installation = await TestInstallation.start()
  tenant = await installation.tenant()
  call = confdOf(installation, tenant.admin)
  const root = await installation.master()
  master = confdOf(installation, root)
  // What concerns the whole installation asks for an access of its own (bus.md 6.2, 22).
  const { masterTenant } = installation.lamplighter.setUp.installation
  ear = await Ear.open(installation, (await installation.accountWith(masterTenant, ['#'])).api)
})
afterAll(async () => {
  ear.close()
  await installation.stop()
})

const refused = ({ status, json }: ConfdAnswer, ...texts: string[]) => {
  expect(status).toBe(400)
  for (const text of texts) expect(json).toEqual([expect.stringContaining(text)])
}

describe('10, 11 /asterisk/voicemail/general', () => {
  const PATH = '/asterisk/voicemail/general'
  const set = (options: unknown) => master('PUT', PATH, { options })
  const options = async () => ((await master('GET', PATH)).json as { options: unknown }).options

  it('2.8 [C]: master tenant only, both methods, else 401 E1, also with the header of a tenant below', async () => {
    expect(await options()).toEqual({})
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { options: {} }],
    ] as const) {
      const { status, json } = await call(method, PATH, body)
      expect([status, json]).toEqual([401, [expect.any(String)]])
      const below = await master(method, PATH, body, { 'wazo-tenant': tenant.uuid })
      expect(below.status).toBe(method === 'GET' ? 200 : 204)
    }
  })

  it('2.8 [C]: PUT replaces the whole set, and reads back as strings by key', async () => {
    const all = { format: 'wav', emailbody: 'Dear VM_NAME,\nyou have mail', maxmsg: '100', '': 'nameless' }
    expect((await set(all)).status).toBe(204)
    expect(await options()).toEqual(all)
    expect((await set({ maxmsg: '5' })).status).toBe(204)
    expect(await options()).toEqual({ maxmsg: '5' })
    expect((await set({})).status).toBe(204)
    expect(await options()).toEqual({})
  })

  it('2.8 [C]: any option name is taken, __proto__ as well', async () => {
    const { status } = await master('PUT', PATH, '{"options": {"__proto__": "x", "constructor": "y"}}')
    expect(status).toBe(204)
    expect((await master('GET', PATH)).text).toContain('"__proto__":"x"')
  })

  it('2.8 [Q]: a list of key and value is accepted; of a key that comes twice the last one counts', async () => {
    await set([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
      { key: 'a', value: '3' },
    ])
    expect(await options()).toEqual({ a: '3', b: '2' })
  })

  it.each([
    ['nothing', {}],
    ['null', { options: null }],
    ['a number', { options: 123 }],
    ['a text', { options: 'x' }],
    ['a list of lists', { options: [['a', 'b']] }],
    ['a number as value', { options: { a: 1 } }],
    ['null as value', { options: { a: null } }],
    ['a long key', { options: { ['k'.repeat(129)]: 'v' } }],
    ['a control character in a key', { options: { 'a\nb': 'v' } }],
    ['a NUL in a value', { options: { a: 'v\u0000' } }],
    ['too many', { options: Object.fromEntries(Array.from({ length: 513 }, (_, i) => [`k${i}`, 'v'])) }],
  ])('2.8 [C]: %s is 400 and names options', async (_name, body) => {
    refused(await master('PUT', PATH, body), 'options')
  })

  it('F-33 [B]: .read and .get both open the GET, and nothing else does', async () => {
    const root = installation.lamplighter.setUp.installation.masterTenant
    for (const [acl, status] of [
      ['confd.asterisk.voicemail.general.read', 200],
      ['confd.asterisk.voicemail.general.get', 200],
      ['confd.asterisk.voicemail.general.update', 401],
    ] as const) {
      const who = await installation.accountWith(root, [acl])
      expect((await confdOf(installation, who.api)('GET', PATH)).status, acl).toBe(status)
    }
  })

  it('2.6 [C]: PUT says voicemail_general_edited; what changes nothing says nothing [B]', async () => {
    expect(await ear.during(() => set({ b: '2', a: '1' }))).toEqual([['voicemail_general_edited', {}]])
    expect(await ear.during(() => set({ a: '1', b: '2' }))).toEqual([])
  })
})

describe('12, 13 /asterisk/voicemail/zonemessages', () => {
  const PATH = '/asterisk/voicemail/zonemessages'
  const set = (items: unknown) => master('PUT', PATH, { items })
  const zone = (name: string, more: Record<string, unknown> = {}) => ({ name, timezone: 'Europe/Paris', ...more })
  const items = async () => ((await call('GET', PATH)).json as { items: unknown }).items

  it('2.9 [C]: any tenant reads them, the master tenant alone sets them (else 401)', async () => {
    expect(await items()).toEqual([])
    expect((await set([zone('eu')])).status).toBe(204)
    expect(await items()).toEqual([zone('eu', { message: null })])
    expect((await call('PUT', PATH, { items: [] })).status).toBe(401)
  })

  it('2.9 [C]: PUT replaces the list in its order; an empty message reads back as null; names may repeat', async () => {
    await set([zone('b', { message: 'Q' }), zone('a', { message: '' }), zone('b', { timezone: 'anything at all' })])
    expect(await items()).toEqual([
      zone('b', { message: 'Q' }),
      zone('a', { message: null }),
      zone('b', { timezone: 'anything at all', message: null }),
    ])
    await set([])
    expect(await items()).toEqual([])
  })

  it.each([
    ['nothing', {}, []],
    ['null', { items: null }, []],
    ['an object', { items: {} }, []],
    ['a text in it', { items: ['x'] }, []],
    ['no name', { items: [zone('a'), { timezone: 'x' }] }, ['name']],
    ['null as name', { items: [{ ...zone('a'), name: null }] }, ['name']],
    ['a long name', { items: [zone('n'.repeat(129))] }, ['name']],
    ['a number as name', { items: [{ ...zone('a'), name: 1 }] }, ['name']],
    ['no timezone', { items: [{ name: 'a' }] }, ['timezone']],
    ['null as timezone', { items: [{ name: 'a', timezone: null }] }, ['timezone']],
    ['a number as message', { items: [zone('a', { message: 1 })] }, ['message']],
  ])('2.9 [C]: %s is 400 and names the path', async (_name, body, inside) => {
    refused(await master('PUT', PATH, body), 'items', ...inside)
  })

  it.each([
    ['a bar', { timezone: 'Europe/Paris|injected' }, 'timezone'],
    ['a newline', { timezone: 'Europe/Paris\nx' }, 'timezone'],
    ['a newline', { name: 'a\nb' }, 'name'],
    ['a NUL', { message: 'a\u0000' }, 'items'],
    ['a newline', { message: 'a\nb' }, 'message'],
  ])('2.9 [B]: %s is refused: %j', async (_name, change, field) => {
    refused(await set([zone('a', change)]), field)
  })

  it('2.9 [B]: an entry that a mailbox of any tenant uses cannot be removed; one in the trash lets go of it', async () => {
    await set([zone('used'), zone('free')])
    const { id } = await installation.mailbox(tenant, { timezone: 'used' })
    refused(await set([zone('free')]), 'Timezone is associated with a Voicemail', 'used')
    expect((await set([zone('used', { message: 'new' })])).status).toBe(204)
    await call('DELETE', `/voicemails/${id}`)
    expect((await set([])).status).toBe(204)
    expect((await call('PUT', `/voicemails/${id}/restore`)).status).toBe(204)
    expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject({ timezone: null })
  })

  it('2.9 [B]: nor while a mailbox that uses it is just being created', async () => {
    for (let round = 0; round < 5; round++) {
      await set([zone('raced')])
      const body = { name: 'box', number: installation.nextNumber(), context: tenant.context, timezone: 'raced' }
      const [created, removed] = await Promise.all([call('POST', '/voicemails', body), set([])])
      expect([created.status, removed.status]).toEqual(created.status === 201 ? [201, 400] : [400, 204])
      if (created.status === 201) await call('DELETE', `/voicemails/${(created.json as Voicemail).id}`)
    }
    await set([])
  })

  it('F-33 [B]: .read and .get both open the GET, and nothing else does', async () => {
    for (const [acl, status] of [
      ['confd.asterisk.voicemail.zonemessages.read', 200],
      ['confd.asterisk.voicemail.zonemessages.get', 200],
      ['confd.asterisk.voicemail.zonemessages.update', 401],
    ] as const) {
      const who = await installation.accountWith(tenant.uuid, [acl])
      expect((await confdOf(installation, who.api)('GET', PATH)).status, acl).toBe(status)
    }
  })

  it('2.6 [C]: PUT says voicemail_zonemessages_edited; what changes nothing says nothing [B]', async () => {
    expect(await ear.during(() => set([zone('said')]))).toEqual([['voicemail_zonemessages_edited', {}]])
    expect(await ear.during(() => set([zone('said', { message: '' })]))).toEqual([])
    await set([])
  })
})

describe('F-41 [B]: /voicemails/zonemessages, the zones a tenant adds', () => {
  const PATH = '/voicemails/zonemessages'
  const zone = (name: string) => ({ name, timezone: 'Asia/Tokyo', message: null })

  it('are the tenant’s own, names of timezones for its mailboxes only', async () => {
    expect((await call('PUT', PATH, { items: [zone('tokyo')] })).status).toBe(204)
    expect((await call('GET', PATH)).json).toEqual({ items: [zone('tokyo')] })
    expect((await call('GET', '/asterisk/voicemail/zonemessages')).json).toEqual({ items: [] })
    await installation.mailbox(tenant, { timezone: 'tokyo' })
    const stranger = await installation.tenant()
    const theirs = confdOf(installation, stranger.admin)
    expect((await theirs('GET', PATH)).json).toEqual({ items: [] })
    const body = { name: 'box', number: '1', context: stranger.context, timezone: 'tokyo' }
    refused(await theirs('POST', '/voicemails', body), 'Timezone was not found')
  })

  it('cannot be removed while used, unless the installation has the name too; and the other way round', async () => {
    refused(await call('PUT', PATH, { items: [] }), 'Timezone is associated with a Voicemail')
    const central = (items: unknown) => master('PUT', '/asterisk/voicemail/zonemessages', { items })
    await central([zone('tokyo')])
    expect((await call('PUT', PATH, { items: [] })).status).toBe(204)
    refused(await central([]), 'Timezone is associated with a Voicemail')
    await call('PUT', PATH, { items: [zone('tokyo')] })
    expect((await central([])).status).toBe(204)
  })

  it('say voicemail_tenant_zonemessages_edited, and nothing when nothing changed', async () => {
    const set = () => call('PUT', PATH, { items: [zone('tokyo'), zone('kyoto')] })
    expect(await ear.during(set)).toEqual([['voicemail_tenant_zonemessages_edited', {}]])
    expect(await ear.during(set)).toEqual([])
  })

  it('F-57: If-Match stops who saw another list', async () => {
    const etag = (await call('GET', PATH)).headers.get('etag') ?? ''
    const put = (items: unknown) => call('PUT', PATH, { items }, { 'if-match': etag })
    expect((await put([zone('tokyo')])).status).toBe(204)
    expect((await put([])).status).toBe(412)
  })
})
