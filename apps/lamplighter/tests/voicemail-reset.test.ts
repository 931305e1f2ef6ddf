import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { confdOf, Ear, namesOf } from './confd-support.js'
import { LampBench } from './lamp-support.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CALLD = '/api/calld/1.0'

describe("a guest's check-out", () => {
  let installation: TestInstallation
  let tenant: Tenant
  let bench: LampBench
  let guest: Person
  let box: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    bench = new LampBench(installation, tenant)
    guest = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, { password: '830472' }, [guest])
  })
  afterAll(() => installation.stop())
  afterEach(() => bench.stop())

  const confd = (method: string, path: string, body?: unknown) =>
    confdOf(installation, tenant.admin)(method, path, body)
  const reset = (id = box.id) => confd('POST', `/voicemails/${id}/reset`)
  const greet = (name: string) =>
    request(`${installation.url}${CALLD}/voicemails/${box.id}/greetings/${name}`, {
      method: 'POST',
      token: tenant.admin.token,
      headers: { 'content-type': 'audio/wav' },
      body: wav(100),
    })
  const audits = async (action: string) =>
    (
      await tenant.admin.call<{ items: { details: unknown }[] }>(
        'GET',
        `${CALLD}/audit?mailbox_id=${box.id}&action=${action}`,
      )
    ).items

  it('takes messages, PIN and greetings away and darkens the real phone, once, on the record', async () => {
    const phone = await bench.phone({ user_uuid: guest.uuid })
    await phone.subscribe()
    const messages = [0, 1, 2].map(() => tenant.admin.deposit<{ id: string }>(box.id, wav(100), {}))
    const [read] = await Promise.all(messages)
    await tenant.admin.call('PUT', `${CALLD}/voicemails/${box.id}/messages/${read?.id}`, { folder_id: 2 })
    await phone.next(0, ({ body }) => body.includes('Voice-Message: 2/1'), 'the lit lamp')
    for (const name of ['busy', 'name']) expect((await greet(name)).status).toBeLessThan(300)
    const ear = await Ear.open(installation, tenant.admin)
    const had = phone.notified.length
    const events = await ear.during(async () => expect((await reset()).status).toBe(204))
    await phone.next(had, ({ body }) => body.includes('Messages-Waiting: no') && body.includes('0/0'), 'the dark lamp')
    expect(namesOf(events)).toEqual([
      'voicemail_edited',
      'user_voicemail_edited',
      'voicemail_greeting_changed',
      'voicemail_greeting_changed',
      ...Array(3).fill('user_voicemail_message_deleted'),
      'user_voicemail_mwi_updated',
    ])
    expect((await tenant.admin.call<{ total: number }>('GET', `${CALLD}/voicemails/${box.id}/trash`)).total).toBe(3)
    expect((await confd('GET', `/voicemails/${box.id}`)).json).toMatchObject({ password: null })
    const verdict = await confd('POST', `/voicemails/${box.id}/pin/verify`, { pin: '830472' })
    expect(verdict.json).toEqual({ verified: false, reason: 'none-set' })
    const greeting = `${installation.url}${CALLD}/voicemails/${box.id}/greetings/busy`
    expect((await request(greeting, { token: tenant.admin.token })).status).toBe(404)
    expect(await audits('mailbox.reset')).toMatchObject([
      { details: { messages: 3, greetings: ['busy', 'name'], pin: true } },
    ])
    expect(await audits('message.deleted')).toHaveLength(3)
    const again = await ear.during(async () => expect((await reset()).status).toBe(204))
    expect([again, (await audits('mailbox.reset')).length]).toEqual([[], 1])
    ear.close()
  })

  it('is refused as a whole while a message is on hold', async () => {
    const { id } = await tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})
    await tenant.admin.call('PUT', `${CALLD}/voicemails/${box.id}/messages/${id}/hold`)
    expect((await greet('busy')).status).toBeLessThan(300)
    const refused = await reset()
    expect([refused.status, refused.headers.get('x-error-codes') ?? refused.text]).toEqual([
      400,
      expect.stringContaining('message-on-hold'),
    ])
    const greeting = `${installation.url}${CALLD}/voicemails/${box.id}/greetings/busy`
    expect((await request(greeting, { token: tenant.admin.token })).status).toBe(200)
    await tenant.admin.call('DELETE', `${CALLD}/voicemails/${box.id}/messages/${id}/hold`)
    expect((await reset()).status).toBe(204)
  })

  it('is for those who may, of a mailbox that is there', async () => {
    expect((await reset(999_999)).status).toBe(404)
    const url = `${installation.url}/api/confd/1.1/voicemails/${box.id}/reset`
    expect((await request(url, { method: 'POST', token: guest.api.token })).status).toBe(401)
  })
})
