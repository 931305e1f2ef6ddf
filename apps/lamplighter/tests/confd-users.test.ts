import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdAnswer, type ConfdCall, confdOf, Ear, namesOf } from './confd-support.js'
import { type Tenant, TestInstallation, type Voicemail } from './support.js'

type User = { id: number; uuid: string; voicemail: Voicemail | null }

let installation: TestInstallation
let parent: Tenant
let tenant: Tenant
let call: ConfdCall
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

const place = () => ({ number: installation.nextNumber(), context: tenant.context })
const post = (body: Record<string, unknown>) => call('POST', '/users', { firstname: 'Ines', ...body })
const created = async (body: Record<string, unknown> = {}) => (await post(body)).json as User
const read = async (user: { uuid: string }) => (await call('GET', `/users/${user.uuid}`)).json as User
const boxesWith = async (number: string) =>
  (await call('GET', `/voicemails?number=${number}`)).json as { total: number }
const refused = ({ status, json }: ConfdAnswer, text: string, expected = 400) =>
  expect([status, json]).toEqual([expected, [expect.stringContaining(text)]])

describe('GET /users and /users/{user}', () => {
  it('1.13 [C]: has what the JavaScript client needs at login', async () => {
    const { uuid } = await created({ lastname: 'Sommer', email: 'ines@example.org' })
    expect((await call('GET', `/users/${uuid}`)).json).toMatchObject({
      uuid,
      firstname: 'Ines',
      lastname: 'Sommer',
      email: 'ines@example.org',
      lines: [],
      forwards: {
        unconditional: { enabled: false, destination: null },
        noanswer: { enabled: false, destination: null },
        busy: { enabled: false, destination: null },
      },
      services: { dnd: { enabled: false }, incallfilter: { enabled: false } },
      voicemail: null,
    })
  })

  it('1.13 [C]: an ordinary user reads itself by its own UUID, and nobody else', async () => {
    const me = await installation.account(tenant.uuid)
    const { id } = await installation.mailbox(tenant, { name: 'mine' }, [me])
    const mine = confdOf(installation, me.api)
    const { status, json } = await mine('GET', `/users/${me.uuid}`)
    expect([status, json]).toEqual([
      200,
      expect.objectContaining({ uuid: me.uuid, voicemail: expect.objectContaining({ id, name: 'mine' }) }),
    ])
    expect((await mine('GET', `/users/${(await created()).uuid}`)).status).toBe(401)
    expect((await mine('GET', '/users')).status).toBe(401)
    expect((await mine('PUT', `/users/${me.uuid}`, {})).status).toBe(401)
  })

  it('2.5 [C]: voicemail is null or id, name and links, in the list too', async () => {
    const own = await installation.tenant()
    const mine = confdOf(installation, own.admin)
    const user = await installation.account(own.uuid)
    const { id } = await installation.mailbox(own, { name: 'hers' }, [user])
    const voicemail = {
      id,
      name: 'hers',
      links: [{ rel: 'voicemails', href: expect.stringContaining(`/voicemails/${id}`) }],
    }
    const { items } = (await mine('GET', '/users')).json as { items: User[] }
    expect(items.find(({ uuid }) => uuid === user.uuid)?.voicemail).toEqual(voicemail)
    expect(items.filter((one) => one.voicemail === null)).toHaveLength(1)
  })

  it('1.7 [C]: the list dialect: search without accents, filters, order, cut, errors that name the field', async () => {
    const own = await installation.tenant()
    const mine = confdOf(installation, own.admin)
    for (const firstname of ['Zoë', 'Émile', 'Bob'])
      await mine('POST', '/users', { firstname, lastname: 'Ünal', email: `${firstname.length}@x` })
    const names = async (query: string) =>
      ((await mine('GET', `/users?${query}`)).json as { items: { firstname: string }[] }).items.map(
        (one) => one.firstname,
      )
    expect(await names('search=zoe')).toEqual(['Zoë'])
    expect(await names('search=EMILE%20unal')).toEqual(['Émile'])
    expect(await names('search=%25')).toEqual([])
    expect(await names('lastname=%C3%9Cnal&order=email&direction=desc&limit=1')).toEqual(['Émile'])
    expect(await names('firstname=bob')).toEqual([])
    for (const [query, field] of [
      ['order=uuid', 'order'],
      ['direction=x', 'direction'],
      ['limit=0', 'limit'],
    ] as const)
      refused(await mine('GET', `/users?${query}`), field)
  })

  it('an unknown user is 404', async () => {
    for (const reference of [randomUUID(), '2147483647', '9999999999']) {
      refused(await call('GET', `/users/${reference}`), 'User was not found', 404)
    }
  })
})

describe('POST /users with a mailbox', () => {
  it('2.5 [C]: creates it and answers it in full; voicemail_created, then associated', async () => {
    const at = place()
    let user: User | undefined
    const events = await ear.during(async () => {
      user = await created({ lastname: 'Sommer', voicemail: { ...at, email: 'a@b', max_messages: '5' } })
    })
    expect(user?.voicemail).toMatchObject({
      ...at,
      name: 'Ines Sommer',
      email: 'a@b',
      max_messages: 5,
      password: null,
      users: [{ uuid: user?.uuid }],
    })
    const id = user?.voicemail?.id
    expect(events.slice(0, 2)).toEqual([
      ['voicemail_created', { id }],
      ['user_voicemail_associated', { user_uuid: user?.uuid, voicemail_id: id }],
    ])
  })

  it('2.5 [C]: without lastname the mailbox is called like the firstname; a name of its own wins', async () => {
    expect((await created({ voicemail: place() })).voicemail?.name).toBe('Ines')
    expect((await created({ voicemail: { ...place(), name: 'own' } })).voicemail?.name).toBe('own')
  })

  it('2.2 [B]: a default name is cut to what a mailbox can hold', async () => {
    const long = await created({ firstname: 'x'.repeat(128), voicemail: place() })
    expect(long.voicemail?.name).toBe('x'.repeat(80))
  })

  it('2.5 [C]: an id associates an existing one, and the other keys are ignored', async () => {
    const { id } = await installation.mailbox(tenant, { name: 'old' })
    const user = await created({ voicemail: { id, name: 'new', number: '1' } })
    expect(user.voicemail).toMatchObject({ id, name: 'old' })
    expect(await read(user)).toMatchObject({ voicemail: { id } })
  })

  it('2.5 [C]: null and an absent key give none', async () => {
    expect((await created({ voicemail: null })).voicemail).toBe(null)
    expect((await created()).voicemail).toBe(null)
  })

  it.each([
    ['none of id, name, number and context', { email: 'a@b' }, 'voicemail'],
    ['an empty object', {}, 'voicemail'],
    ['no number', { context: 'x' }, 'number'],
    ['no context', { number: '1' }, 'context'],
    ['a bad number', { number: 'x', context: 'x' }, "voicemail: ['number"],
    ['something else', 'x', 'voicemail'],
    ['an unknown id', { id: 2_147_483_647 }, 'Voicemail was not found'],
    ['an unknown context', { number: '1', context: 'x' }, 'Context was not found'],
  ])('2.5 [C]: %s is 400, and no user is left behind', async (_name, voicemail, text) => {
    const firstname = randomUUID()
    refused(await post({ firstname, voicemail }), text)
    expect((await call('GET', `/users?firstname=${firstname}`)).json).toMatchObject({ total: 0 })
  })

  it('2.5 [C]: the rules hold inside too: R1, R2, different tenants', async () => {
    const taken = await installation.mailbox(tenant)
    const { id } = await installation.mailbox(tenant)
    refused(await post({ voicemail: { ...place(), delete_messages: true } }), '_schema')
    refused(await post({ voicemail: { number: taken.number, context: tenant.context } }), 'already exists')
    const above = confdOf(installation, parent.admin)
    refused(await above('POST', '/users', { firstname: 'A', voicemail: { id } }), 'different tenants')
    refused(await above('POST', '/users', { firstname: 'A', voicemail: place() }), 'different tenants')
  })

  it('repeats with its Idempotency-Key: one user, one mailbox, the same answer [B]', async () => {
    const body = { firstname: 'Once', voicemail: place() }
    const headers = { 'idempotency-key': randomUUID() }
    const one = await call('POST', '/users', body, headers)
    const two = await call('POST', '/users', body, headers)
    expect([two.status, two.json]).toEqual([201, one.json])
    expect(await boxesWith(body.voicemail.number)).toMatchObject({ total: 1 })
  })
})

describe('PUT /users/{user}', () => {
  const put = (user: { uuid: string }, body: unknown, query = '') => call('PUT', `/users/${user.uuid}${query}`, body)

  it('changes what it names; 404 comes before the fields, a bad body before 404', async () => {
    const user = await created({ lastname: 'Old', email: 'a@b' })
    expect((await put(user, { firstname: 'New', lastname: null })).status).toBe(204)
    expect(await read(user)).toMatchObject({ firstname: 'New', lastname: null, email: 'a@b' })
    expect((await put(user, {})).status).toBe(204)
    refused(await put(user, { firstname: '' }), 'firstname')
    refused(await put({ uuid: randomUUID() }, { firstname: '' }), 'User was not found', 404)
    expect((await put({ uuid: randomUUID() }, '{')).status).toBe(400)
  })

  it('a username that is taken, in whatever tenant, is 400', async () => {
    const other = await installation.account(parent.uuid)
    refused(await put(await created(), { username: other.username.toUpperCase() }), 'User already exists')
  })

  it('2.5 [C]: without recursive the voicemail is ignored, and only the text true is recursive', async () => {
    const user = await created({ voicemail: place() })
    for (const query of ['', '?recursive=1', '?recursive=yes', '?recursive=false']) {
      expect((await put(user, { voicemail: place() }, query)).status).toBe(204)
    }
    expect((await read(user)).voicemail?.id).toBe(user.voicemail?.id)
  })

  it('2.5 [C]: recursive with the same id changes the mailbox', async () => {
    const user = await created({ voicemail: place() })
    const id = user.voicemail?.id ?? 0
    const events = await ear.during(() => put(user, { voicemail: { id, name: 'changed' } }, '?recursive=TRUE'))
    expect(namesOf(events)).toEqual(['voicemail_edited', 'user_voicemail_edited'])
    expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject({
      name: 'changed',
      number: user.voicemail?.number,
    })
  })

  it('2.5 [C]: recursive with another one takes the old away, deletes it when unused, then gives the new', async () => {
    const user = await created({ voicemail: place() })
    const old = user.voicemail
    const events = await ear.during(() =>
      put(user, { voicemail: { number: old?.number, context: old?.context } }, '?recursive=true'),
    )
    expect(namesOf(events).filter((name) => !name.includes('mwi'))).toEqual([
      'user_voicemail_dissociated',
      'voicemail_deleted',
      'voicemail_created',
      'user_voicemail_associated',
    ])
    expect((await call('GET', `/voicemails/${old?.id}`)).status).toBe(404)
    const given = (await read(user)).voicemail
    expect(given?.id).not.toBe(old?.id)
    expect(given?.name).toBe('Ines')
  })

  it('2.5 [C]: the old one stays when another user has it', async () => {
    const user = await created({ voicemail: place() })
    const old = user.voicemail?.id ?? 0
    const other = await installation.account(tenant.uuid)
    await call('PUT', `/users/${other.uuid}/voicemails/${old}`)
    const { id } = await installation.mailbox(tenant)
    expect((await put(user, { voicemail: { id } }, '?recursive=true')).status).toBe(204)
    expect((await read(user)).voicemail?.id).toBe(id)
    expect((await call('GET', `/voicemails/${old}`)).json).toMatchObject({ users: [{ uuid: other.uuid }] })
  })

  it('2.5 [B]: recursive null takes the mailbox away', async () => {
    const user = await created({ voicemail: place() })
    expect((await put(user, { voicemail: null }, '?recursive=true')).status).toBe(204)
    expect(await read(user)).toMatchObject({ voicemail: null })
    expect((await call('GET', `/voicemails/${user.voicemail?.id}`)).status).toBe(404)
  })

  it('2.5 [C]: all or nothing: when the new one is refused, the old one and the name stay', async () => {
    const user = await created({ voicemail: place() })
    const body = { firstname: 'Lost', voicemail: { number: '1', context: 'nowhere' } }
    const events = await ear.during(async () =>
      refused(await put(user, body, '?recursive=true'), 'Context was not found'),
    )
    expect(events).toEqual([])
    expect(await read(user)).toMatchObject({ firstname: 'Ines', voicemail: { id: user.voicemail?.id } })
  })

  it('F-57 [B]: If-Match stops a change of what was changed meanwhile', async () => {
    const user = await created()
    const etag = (await call('GET', `/users/${user.uuid}`)).headers.get('etag') ?? ''
    const change = (firstname: string) => call('PUT', `/users/${user.uuid}`, { firstname }, { 'if-match': etag })
    expect([(await change('One')).status, (await change('Two')).status]).toEqual([204, 412])
  })
})

describe('DELETE /users/{user}', () => {
  const remove = (user: User, query = '') => call('DELETE', `/users/${user.uuid}${query}`)

  it('2.5 [C]: 400 while a mailbox is attached; only the text true is recursive', async () => {
    const user = await created({ voicemail: place() })
    for (const query of ['', '?recursive=1', '?recursive=False'])
      refused(await remove(user, query), 'User is associated with a Voicemail')
  })

  it('2.5 [C]: recursive takes the mailbox away and deletes it when unused: dissociated, then deleted', async () => {
    const user = await created({ voicemail: place() })
    const events = await ear.during(() => remove(user, '?recursive=True'))
    expect(namesOf(events).filter((name) => !name.includes('mwi'))).toEqual([
      'user_voicemail_dissociated',
      'voicemail_deleted',
      // Ours: whoever remembers the user's rights forgets them.
      'auth_user_rights_changed',
    ])
    expect((await call('GET', `/voicemails/${user.voicemail?.id}`)).status).toBe(404)
    refused(await call('GET', `/users/${user.uuid}`), 'User was not found', 404)
    refused(await remove(user), 'User was not found', 404)
  })

  it('2.5 [C]: the mailbox stays when another user has it', async () => {
    const user = await created({ voicemail: place() })
    const other = await installation.account(tenant.uuid)
    await call('PUT', `/users/${other.uuid}/voicemails/${user.voicemail?.id}`)
    expect((await remove(user, '?recursive=true')).status).toBe(204)
    expect((await call('GET', `/voicemails/${user.voicemail?.id}`)).json).toMatchObject({
      users: [{ uuid: other.uuid }],
    })
  })

  it('ends the sessions of the user at once, and says so', async () => {
    const { uuid, api } = await installation.account(tenant.uuid)
    const events = await ear.during(() => remove({ uuid, id: 0, voicemail: null }))
    expect(events).toContainEqual(['auth_session_deleted', expect.objectContaining({ user_uuid: uuid })])
    expect((await confdOf(installation, api)('GET', '/infos')).status).toBe(401)
  })

  it('a user with a device stays whole, mailbox included', async () => {
    const user = await created({ voicemail: place() })
    await installation.device(tenant, { user_uuid: user.uuid })
    refused(await remove(user, '?recursive=true'), 'User is associated with a Device')
    expect((await read(user)).voicemail?.id).toBe(user.voicemail?.id)
  })
})

describe('GET /infos', () => {
  it('1.13 [C]: uuid of the installation and wazo_version, for every user', async () => {
    const me = await installation.account(tenant.uuid)
    const { status, json } = await confdOf(installation, me.api)('GET', '/infos')
    expect([status, json]).toEqual([
      200,
      { uuid: installation.lamplighter.originUuid, wazo_version: expect.stringMatching(/^\d\d\.\d\d$/) },
    ])
  })
})
