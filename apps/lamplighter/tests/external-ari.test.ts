import { takeTestVhost } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BusEar } from './bus-ear.js'
import { RawPhone } from './raw-phone.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail } from './support.js'

const CONFD = '/api/confd/1.1'
const CALLD = '/api/calld/1.0'

type Source = { uuid: string; username: string; secret: string }
type Answer = Awaited<ReturnType<typeof request>>

describe('the mailboxes of the Asterisk REST interface', () => {
  let installation: TestInstallation
  let env: Record<string, string>
  let ear: BusEar
  let tenant: Tenant
  let anna: Person
  let pbx: Source

  beforeAll(async () => {
    env = { AMQP_URL: (await takeTestVhost()).url }
    installation = await TestInstallation.start(env)
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    pbx = await account('pbx')
    ear = await BusEar.open(env['AMQP_URL'] ?? '', (sip_username) =>
      tenant.admin.call('POST', `${CONFD}/devices`, { sip_username }),
    )
  })
  afterAll(async () => {
    await ear.close()
    await installation.stop()
  })

  function account(username: string, fields: object = {}): Promise<Source> {
    return tenant.admin.call('POST', `${CONFD}/mwi-sources`, { name: username, kind: 'ari', username, ...fields })
  }

  function ari(method: string, path: string, more: { as?: Source | string; body?: string } = {}): Promise<Answer> {
    const { as = pbx, body } = more
    const login = typeof as === 'string' ? as : `${as.username}:${as.secret}`
    const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}` }
    return request(`${installation.url}/ari${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  }

  const put = (name: string, query: string, body?: string) =>
    ari('PUT', `/mailboxes/${name}${query}`, body === undefined ? {} : { body })
  const idOf = async (number: string) =>
    (await tenant.admin.call<{ items: Voicemail[] }>('GET', `${CONFD}/voicemails?number=${number}`)).items[0]?.id

  it('are created by a PUT, read, listed and deleted', async () => {
    expect(await ari('GET', '/mailboxes')).toMatchObject({ status: 200, json: [] })
    expect(await put('700%40default', '?oldMessages=2&newMessages=3')).toMatchObject({ status: 204, text: '' })
    const shown = { name: '700@default', old_messages: 2, new_messages: 3 }
    expect(await ari('GET', '/mailboxes/700%40default')).toMatchObject({ status: 200, json: shown })
    expect(await ari('GET', '/mailboxes/700')).toMatchObject({ json: { ...shown, name: '700' } })
    expect(await ari('GET', '/mailboxes')).toMatchObject({ json: [shown] })
    expect((await put(`701@${tenant.context}`, '', '{"oldMessages": 5, "newMessages": 6}')).status).toBe(204)
    expect(await ari('GET', '/mailboxes')).toMatchObject({ json: [shown, { name: '701@default', new_messages: 6 }] })
    expect((await ari('DELETE', '/mailboxes/701')).status).toBe(204)
    expect((await ari('GET', '/mailboxes/701')).status).toBe(404)
    expect(await ari('GET', '/mailboxes')).toMatchObject({ json: [shown] })
  })

  it('light a phone, say their counts on the bus and show in the lists, and nothing is said twice', async () => {
    await put('710', '?oldMessages=0&newMessages=0')
    const id = (await idOf('710')) ?? 0
    await tenant.admin.call('PUT', `${CONFD}/users/${anna.uuid}/voicemails/${id}`)
    const device = await installation.device(tenant, { user_uuid: anna.uuid })
    const phone = new RawPhone(device, installation.sipPort)
    await phone.start()
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('0/0'), 'dark')
    const said = await ear.during(() => put('710', '?oldMessages=4&newMessages=2'))
    await phone.next(1, ({ body }) => body.includes('yes') && body.includes('Voice-Message: 2/4 (0/0)'), 'lit')
    expect(said.map(({ name, body }) => [name, JSON.parse(body).data])).toEqual([
      [
        'user_voicemail_mwi_updated',
        expect.objectContaining({ user_uuid: anna.uuid, voicemail_id: id, new: 2, old: 4, urgent_new: 0 }),
      ],
    ])
    expect(await ear.during(() => put('710', '?oldMessages=4&newMessages=2'))).toEqual([])
    const external = { source: 'ari', stale: false, last_heard_at: expect.stringMatching(/^\d{4}-.*Z$/) }
    const reached = await anna.api.call('GET', `${CALLD}/users/me/voicemails/all`)
    expect(reached).toMatchObject({ items: [{ id, counts: { new: 2, old: 4 }, external }] })
    expect(await tenant.admin.call('GET', `${CONFD}/voicemails/${id}`)).toMatchObject({ external })
    const messages = await anna.api.call('GET', `${CALLD}/users/me/voicemails/messages`)
    expect(messages).toEqual({ items: [], total: 0, filtered: 0 })
    expect(await ari('DELETE', '/mailboxes/710')).toMatchObject({ status: 409, json: { message: expect.any(String) } })
    await tenant.admin.call('DELETE', `${CONFD}/users/${anna.uuid}/voicemails`)
    await phone.next(2, ({ body }) => body.includes('0/0'), 'dark without its mailbox')
    await phone.stop()
  })

  it('darken a phone that lists them when they are deleted', async () => {
    await put('720', '?oldMessages=0&newMessages=9')
    const device = await installation.device(tenant, { voicemails: [(await idOf('720')) ?? 0] })
    const phone = new RawPhone(device, installation.sipPort)
    await phone.start()
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('9/0'), 'lit')
    expect((await ari('DELETE', '/mailboxes/720')).status).toBe(204)
    await phone.next(1, ({ body }) => body.includes('no') && body.includes('0/0'), 'dark')
    await phone.stop()
  })

  it.each([
    ['one count missing', '?newMessages=1', undefined],
    ['both missing', '', undefined],
    ['a negative count', '?oldMessages=0&newMessages=-1', undefined],
    ['a word', '?oldMessages=0&newMessages=abc', undefined],
    ['a fraction', '?oldMessages=0&newMessages=1.5', undefined],
    ['an empty count', '?oldMessages=&newMessages=1', undefined],
    ['more than 2^31-1', '?oldMessages=0&newMessages=2147483648', undefined],
    ['far more', '?oldMessages=0&newMessages=99999999999', undefined],
    ['a form that looks like none', '', 'oldMessages=0&newMessages=1'],
    ['JSON that holds text', '', '{"oldMessages": 0, "newMessages": "x"}'],
    ['JSON that is none', '', '{"oldMessages": 0, "newMessages"'],
    ['a JSON null', '', '{"oldMessages": null, "newMessages": 1}'],
    ['a list', '', '[1, 2]'],
  ])('refuse %s with 400, and keep what they have', async (_name, query, body) => {
    await put('730', '?oldMessages=7&newMessages=8')
    const { status, json } = await put('730', query, body)
    expect([status, json]).toEqual([400, { message: expect.any(String) }])
    expect((await ari('GET', '/mailboxes/730')).json).toMatchObject({ old_messages: 7, new_messages: 8 })
    expect((await put('731', query, body)).status).toBe(400)
    expect((await ari('GET', '/mailboxes/731')).status).toBe(404)
  })

  it('take the largest count there is', async () => {
    expect((await put('740', '?oldMessages=0&newMessages=2147483647')).status).toBe(204)
    expect((await ari('GET', '/mailboxes/740')).json).toMatchObject({ new_messages: 2_147_483_647 })
  })

  it.each([
    ['letters', 'remote1@default', 400],
    ['nothing before the context', '@default', 400],
    ['nothing behind the @', '750@', 400],
    ['41 digits', '1'.repeat(41), 400],
    ['a context of 80', `750@${'x'.repeat(80)}`, 400],
    ['a line feed', '750%0A', 400],
    ['a context that is not there', '750@nowhere', 404],
  ])('refuse a name that is no mailbox of the tenant: %s', async (_name, name, status) => {
    const answer = await put(name, '?oldMessages=0&newMessages=1')
    expect([answer.status, answer.json]).toEqual([status, { message: expect.any(String) }])
    expect((await ari('GET', `/mailboxes/${name}`)).status).toBe(404)
    expect((await ari('DELETE', `/mailboxes/${name}`)).status).toBe(404)
  })

  it('never write over our own mailboxes, nor over what another feed sets', async () => {
    const own = await installation.mailbox(tenant)
    const other = await installation.mailbox(tenant, { external: { source: 'notify' } })
    for (const { number, id } of [own, other]) {
      expect((await put(number, '?oldMessages=0&newMessages=5')).status).toBe(409)
      expect((await ari('DELETE', `/mailboxes/${number}`)).status).toBe(404)
      expect(await tenant.admin.call('GET', `${CALLD}/voicemails/${id}/mwi`)).toMatchObject({ new: 0 })
    }
  })

  it('are another tenant’s to nobody else', async () => {
    await put('760', '?oldMessages=0&newMessages=1')
    const foreign = await installation.tenant()
    const body = { name: 'x', kind: 'ari', username: 'foreign' }
    const stranger = await foreign.admin.call<Source>('POST', `${CONFD}/mwi-sources`, body)
    const name = `/mailboxes/760@${tenant.context}`
    expect((await ari('GET', name, { as: stranger })).status).toBe(404)
    expect((await ari('PUT', `${name}?oldMessages=0&newMessages=9`, { as: stranger })).status).toBe(404)
    expect((await ari('DELETE', name, { as: stranger })).status).toBe(404)
    expect((await ari('GET', '/mailboxes', { as: stranger })).json).toEqual([])
    const below = await installation.tenant(tenant.uuid)
    const headers = { authorization: `Basic ${btoa(`${pbx.username}:${pbx.secret}`)}`, 'wazo-tenant': below.uuid }
    expect((await request(`${installation.url}/ari/mailboxes`, { headers })).status).toBe(401)
  })

  it('ask for a login as Asterisk does, and take an access token as well', async () => {
    const disabled = await account('disabled', { enabled: false })
    const logins = ['', 'pbx', 'pbx:', 'pbx:wrong', `nobody:${pbx.secret}`, `pbx:${pbx.secret}x`, disabled]
    const url = `${installation.url}/ari/mailboxes`
    const refused = [await request(url), await request(url, { token: 'x' })]
    for (const as of logins) refused.push(await ari('GET', '/mailboxes', { as }))
    for (const { status, json, headers } of refused) {
      expect([status, json]).toEqual([401, { message: 'Authentication required' }])
      expect(headers.get('www-authenticate')).toBe('Basic realm="Asterisk REST Interface"')
    }
    expect((await request(url, { token: tenant.admin.token })).status).toBe(200)
    expect((await request(url, { token: anna.api.token })).status).toBe(401)
    expect(
      (
        await request(`${installation.url}${CONFD}/voicemails`, {
          headers: { authorization: `Basic ${btoa(`pbx:${pbx.secret}`)}` },
        })
      ).status,
    ).toBe(401)
  })

  it('answer other methods 405 and other paths 404, in the words of the ARI', async () => {
    expect(await ari('POST', '/mailboxes')).toMatchObject({ status: 405, json: { message: 'Invalid method' } })
    expect(await ari('POST', '/mailboxes/700')).toMatchObject({ status: 405, json: { message: 'Invalid method' } })
    expect(await ari('GET', '/channels')).toMatchObject({ status: 404, json: { message: expect.any(String) } })
    expect(await ari('GET', '/mailboxes/1')).toMatchObject({ status: 404, json: { message: 'Mailbox does not exist' } })
  })

  it('know what `default` is by the account, else by the only context of the tenant', async () => {
    const { name: second } = await tenant.admin.call<{ name: string }>('POST', `${CONFD}/contexts`, { label: 'second' })
    expect((await put('770', '?oldMessages=0&newMessages=1')).status).toBe(404)
    const home = await account('homely', { context: second })
    const path = '/mailboxes/770?oldMessages=0&newMessages=1'
    expect((await ari('PUT', path, { as: home })).status).toBe(204)
    expect((await ari('GET', `/mailboxes/770@${second}`)).json).toMatchObject({ new_messages: 1 })
    const list = await ari('GET', '/mailboxes', { as: home })
    expect(list.json).toContainEqual({ name: '770@default', old_messages: 0, new_messages: 1 })
    expect(list.json).toContainEqual(expect.objectContaining({ name: `700@${tenant.context}` }))
  })

  it('make one mailbox of many PUTs at once, and keep it over a restart', async () => {
    const name = `780@${tenant.context}`
    const puts = Array.from({ length: 8 }, (_, n) => put(name, `?oldMessages=0&newMessages=${n}`))
    expect((await Promise.all(puts)).map(({ status }) => status)).toEqual(puts.map(() => 204))
    expect((await put(name, '?oldMessages=1&newMessages=2')).status).toBe(204)
    installation = await installation.restart(env)
    expect((await ari('GET', `/mailboxes/${name}`)).json).toEqual({ name, old_messages: 1, new_messages: 2 })
  })
})
