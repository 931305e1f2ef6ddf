import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdAnswer, type ConfdCall, confdOf } from './confd-support.js'
import { type Tenant, TestInstallation } from './support.js'

type Context = { id: number; uuid: string; name: string; label: string; type: string }

describe('contexts (rest.md 2.11)', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let call: ConfdCall

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    call = confdOf(installation, tenant.admin)
  })
  afterAll(() => installation.stop())

  const created = async (body: unknown) => (await call('POST', '/contexts', body)).json as Context
  const refused = ({ status, json }: ConfdAnswer, text: string, expected = 400) =>
    expect([status, json]).toEqual([expected, [expect.stringContaining(text)]])

  it('2.11 [C]: every field; the name is generated and holds slug, type and uuid', async () => {
    const { status, json, headers } = await call('POST', '/contexts', { label: 'Main' })
    const { id, uuid, name } = json as Context
    expect(status).toBe(201)
    expect(headers.get('location')).toMatch(new RegExp(`/contexts/${id}$`))
    expect(name).toMatch(new RegExp(`^ctx-[a-z0-9_-]+-internal-${uuid}$`))
    expect(json).toEqual({
      id,
      uuid,
      name,
      label: 'Main',
      type: 'internal',
      description: null,
      user_ranges: [],
      group_ranges: [],
      queue_ranges: [],
      conference_room_ranges: [],
      incall_ranges: [],
      tenant_uuid: tenant.uuid,
      enabled: true,
      contexts: [],
      links: [{ rel: 'contexts', href: headers.get('location') }],
    })
    expect((await call('GET', `/contexts/${id}`)).json).toEqual(json)
  })

  it('2.11 [C]: a name without label is taken as the label', async () => {
    expect(await created({ name: 'wanted' })).toMatchObject({ label: 'wanted', name: expect.stringMatching(/^ctx-/) })
  })

  it.each(['internal', 'incall', 'outcall', 'services', 'others'])('2.11 [C]: type %s', async (type) => {
    expect(await created({ label: 'x', type })).toMatchObject({ type, name: expect.stringContaining(`-${type}-`) })
  })

  it.each([
    [{}, 'label'],
    [{ label: '' }, 'label'],
    [{ label: 'x'.repeat(129) }, 'label'],
    [{ label: null }, 'label'],
    [{ label: 'x', type: 'other' }, 'type'],
    [{ label: 'a\nb' }, 'label'],
  ])('2.11 [C]: %j is 400 and names %s', async (body, field) => {
    refused(await call('POST', '/contexts', body), field)
  })

  it('PUT changes the label; name and type are read-only', async () => {
    const context = await created({ label: 'Old' })
    const change = { label: 'New', name: 'other', type: 'incall' }
    expect((await call('PUT', `/contexts/${context.id}`, change)).status).toBe(204)
    expect((await call('GET', `/contexts/${context.id}`)).json).toEqual({ ...context, label: 'New' })
    expect((await call('PUT', `/contexts/${context.id}`, {})).status).toBe(204)
    refused(await call('PUT', `/contexts/${context.id}`, { label: '' }), 'label')
    refused(await call('PUT', '/contexts/2147483647', { label: '' }), 'Context was not found', 404)
    expect((await call('PUT', `/contexts/${context.id}`, '')).status).toBe(400)
  })

  it('1.7 [C]: the list dialect', async () => {
    const own = await installation.tenant()
    const mine = confdOf(installation, own.admin)
    await mine('POST', '/contexts', { label: 'Café', type: 'incall' })
    await mine('POST', '/contexts', { label: 'Bar', type: 'outcall' })
    const labels = async (query: string) =>
      ((await mine('GET', `/contexts?${query}`)).json as { items: Context[] }).items.map(({ label }) => label)
    expect(await labels('search=CAFE')).toEqual(['Café'])
    expect(await labels('search=_')).toEqual([])
    expect(await labels('type=outcall')).toEqual(['Bar'])
    expect(await labels('label=Caf%C3%A9&type=outcall')).toEqual([])
    expect(await labels('order=type&direction=desc&limit=1')).toEqual(['Bar'])
    expect(await labels('limit=1&offset=9')).toEqual([])
    for (const [query, field] of [
      ['order=id', 'order'],
      ['direction=x', 'direction'],
      ['offset=x', 'offset'],
    ] as const)
      refused(await mine('GET', `/contexts?${query}`), field)
  })

  it('2.11 [C]: DELETE is refused while a mailbox is in it; one in the trash does not count and may go elsewhere', async () => {
    const context = await created({ label: 'Full' })
    const { id } = await installation.mailbox(tenant, { context: context.name })
    refused(await call('DELETE', `/contexts/${context.id}`), 'Context is associated with a Voicemail')
    await call('DELETE', `/voicemails/${id}`)
    expect((await call('DELETE', `/contexts/${context.id}`)).status).toBe(204)
    refused(await call('GET', `/contexts/${context.id}`), 'Context was not found', 404)
    const { items } = (await call('GET', '/voicemails/trash')).json as {
      items: { id: number; context: string | null }[]
    }
    expect(items.find((one) => one.id === id)?.context).toBe(null)
    refused(await call('PUT', `/voicemails/${id}/restore`), 'Context was not found')
    expect((await call('PUT', `/voicemails/${id}/restore`, { context: tenant.context })).status).toBe(204)
  })

  it('a mailbox created while its context goes is 400, or keeps the context; never 500', async () => {
    for (let round = 0; round < 5; round++) {
      const context = await created({ label: 'raced' })
      const body = { name: 'box', number: installation.nextNumber(), context: context.name }
      const [made, gone] = await Promise.all([
        call('POST', '/voicemails', body),
        call('DELETE', `/contexts/${context.id}`),
      ])
      expect([made.status, gone.status]).toEqual(made.status === 201 ? [201, 400] : [400, 204])
    }
  })

  it('F-57 [B]: If-Match, and a repeated creation with its key happens once', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const one = (await call('POST', '/contexts', { label: 'Once' }, headers)).json as Context
    expect((await call('POST', '/contexts', { label: 'Once' }, headers)).json).toEqual(one)
    const etag = (await call('GET', `/contexts/${one.id}`)).headers.get('etag') ?? ''
    const change = (label: string) => call('PUT', `/contexts/${one.id}`, { label }, { 'if-match': etag })
    expect([(await change('A')).status, (await change('B')).status]).toEqual([204, 412])
  })
})
