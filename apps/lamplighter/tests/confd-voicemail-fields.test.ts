import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdCall, confdOf } from './confd-support.js'
import { type Tenant, TestInstallation } from './support.js'

describe('the fields of a mailbox (rest.md 2.2)', () => {
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
  const post = (more: Record<string, unknown> = {}) => call('POST', '/voicemails', fresh(more))
  const created = async (more: Record<string, unknown> = {}) => (await post(more)).json as Record<string, unknown>

  it('2.2 [C] defaults: what a POST leaves out', async () => {
    const body = fresh()
    expect(await created(body)).toEqual({
      id: expect.any(Number),
      tenant_uuid: tenant.uuid,
      ...body,
      password: null,
      email: null,
      pager: null,
      language: null,
      timezone: null,
      max_messages: null,
      attach_audio: null,
      delete_messages: false,
      ask_password: true,
      enabled: true,
      accesstype: 'personal',
      mwi_policy_uuid: null,
      external: null,
      options: [],
      links: [{ rel: 'voicemails', href: expect.stringMatching(/^http.*\/api\/confd\/1\.1\/voicemails\/\d+$/) }],
      users: [],
    })
  })

  it.each([
    ['name', 'x'.repeat(80)],
    ['name', ''],
    ['number', '9'.repeat(40)],
    ['email', 'y'.repeat(80)],
    ['email', 'no address at all'],
    ['pager', 'p'.repeat(80)],
    ['language', 'xx_YY'],
    ['max_messages', 0],
    ['max_messages', 2_147_483_647],
    ['max_messages', null],
    ['attach_audio', true],
    ['attach_audio', false],
    ['attach_audio', null],
    ['ask_password', false],
    ['enabled', false],
    ['accesstype', 'personal'],
    ['options', []],
    [
      'options',
      [
        ['b', '2'],
        ['a', 'line\nline'],
        ['b', '1'],
      ],
    ],
    ['email', null],
    ['pager', null],
    ['language', null],
    ['timezone', null],
    ['password', null],
  ])('2.2 [C] %s takes %j and reads it back', async (field, value) => {
    expect((await created({ [field]: value }))[field]).toEqual(value)
  })

  it('2.2 [C] max_messages takes a numeric string (1.6)', async () => {
    expect((await created({ max_messages: '7' }))['max_messages']).toBe(7)
  })

  it.each(['1', '4711', '0'.repeat(80)])('2.2 [B] password %j is taken and never shown again', async (password) => {
    const answer = await post({ password })
    expect(answer.json).toMatchObject({ password: '********' })
    expect(answer.text).not.toContain(`"${password}"`)
  })

  it.each([
    ['name', undefined],
    ['name', null],
    ['name', 'x'.repeat(81)],
    ['name', 5],
    ['name', true],
    ['number', undefined],
    ['number', null],
    ['number', ''],
    ['number', '9'.repeat(41)],
    ['number', '12a'],
    ['number', 12],
    ['context', undefined],
    ['context', null],
    ['context', 5],
    ['context', 'x'.repeat(80)],
    ['password', ''],
    ['password', '12a'],
    ['password', '1'.repeat(81)],
    ['password', 1234],
    ['email', 'y'.repeat(81)],
    ['email', 5],
    ['pager', 'p'.repeat(81)],
    ['language', 'fr'],
    ['language', 'fr_fr'],
    ['language', ''],
    ['timezone', 5],
    ['max_messages', -1],
    ['max_messages', 'many'],
    ['max_messages', true],
    ['attach_audio', 'true'],
    ['attach_audio', 1],
    ['delete_messages', null],
    ['delete_messages', 'true'],
    ['ask_password', null],
    ['ask_password', 1],
    ['enabled', null],
    ['enabled', {}],
    ['enabled', []],
    ['accesstype', null],
    ['accesstype', 'everybody'],
    ['options', null],
    ['options', {}],
    ['options', [['a']]],
    ['options', [['a', 'b', 'c']]],
    ['options', [['a', null]]],
    ['options', [['a', 1]]],
    ['options', ['ab']],
  ])('2.2 [C] %s refuses %j with one string that names it', async (field, value) => {
    const { status, json } = await post({ [field]: value })
    expect(status).toBe(400)
    expect(json).toEqual([expect.stringMatching(new RegExp(`^Input Error - ${field}: `))])
  })

  it.each([
    ['number', '12\n'],
    ['password', '12\n'],
    ['language', 'fr_FR\n'],
  ])('1.6 [B] %s refuses a trailing newline', async (field, value) => {
    expect((await post({ [field]: value })).json).toEqual([expect.stringContaining(field)])
  })

  it.each(['name', 'email', 'pager', 'timezone'])('F-39 [B] %s refuses control characters', async (field) => {
    for (const value of ['a\nb', 'a\rb', 'a\u0000b', 'a\u007fb']) {
      const { status, json } = await post({ [field]: value })
      expect([status, json]).toEqual([400, [expect.stringContaining(field)]])
    }
  })

  it.each([
    ['max_messages', 2_147_483_648],
    ['name', 'a\u0000b'],
    ['number', '1\u0000'],
    ['context', 'a\u0000'],
    ['options', [['a', 'b\u0000']]],
    ['options', [['a\u0000', 'b']]],
  ])('F-47 [B] %s %j is 400, not 500', async (field, value) => {
    const { status, json } = await post({ [field]: value })
    expect(status).toBe(400)
    expect(json).toEqual([expect.stringContaining(field === 'context' ? 'ontext' : field)])
  })

  it('1.8 [C] one string per bad field', async () => {
    const { json } = await post({ name: 5, number: 'x', enabled: 'yes' })
    expect((json as string[]).map((line) => /^Input Error - (\w+): /.exec(line)?.[1]).sort()).toEqual([
      'enabled',
      'name',
      'number',
    ])
  })

  it('2.2 [C] id, tenant_uuid, links, users and unknown keys in a body are ignored', async () => {
    const one = await created()
    const two = await created({
      id: one['id'],
      tenant_uuid: 'somebody else',
      links: 1,
      users: [{ uuid: 'x' }],
      nonsense: true,
    })
    expect(two['id']).not.toBe(one['id'])
    expect(two).toMatchObject({ tenant_uuid: tenant.uuid, users: [] })
    expect(two).not.toHaveProperty('nonsense')
  })

  it('1.13 [C] the whole object as it was read may be sent back and changes nothing', async () => {
    const { links: _links, ...whole } = await created({ password: '4711', options: [['a', 'b']], max_messages: 3 })
    expect((await call('PUT', `/voicemails/${whole['id']}`, whole)).status).toBe(204)
    expect((await call('GET', `/voicemails/${whole['id']}`)).json).toMatchObject(whole)
  })

  it('2.2 [C] options are replaced as a whole on PUT', async () => {
    const { id } = await created({
      options: [
        ['a', '1'],
        ['b', '2'],
      ],
    })
    await call('PUT', `/voicemails/${id}`, { options: [['c', '3']] })
    expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject({ options: [['c', '3']] })
  })

  it('2.2 [C] enabled false hides nothing from REST', async () => {
    const { id } = await created({ enabled: false })
    expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject({ id, enabled: false })
  })

  it('2.2 [C] users hold uuid, firstname, lastname and a link with the integer id', async () => {
    const user = await installation.account(tenant.uuid)
    const { id } = await installation.mailbox(tenant, {}, [user])
    const { json } = await call('GET', `/voicemails/${id}`)
    expect(json).toMatchObject({
      users: [
        {
          uuid: user.uuid,
          firstname: 'Test',
          lastname: null,
          links: [{ rel: 'users', href: expect.stringMatching(/\/users\/\d+$/) }],
        },
      ],
    })
  })
})
