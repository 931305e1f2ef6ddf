import type { DeviceExplanationView } from '@lamplighter/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LampBench } from './lamp-support.js'
import { type Tenant, TestInstallation, wav } from './support.js'

const CONFD = '/api/confd/1.1'

describe('GET /devices/{uuid}/explain', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let bench: LampBench

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    bench = new LampBench(installation, tenant)
  })
  afterAll(() => installation.stop())
  afterEach(() => bench.stop())

  const explain = (uuid: string) => tenant.admin.call<DeviceExplanationView>('GET', `${CONFD}/devices/${uuid}/explain`)

  it('answers "why is this lamp on?": what waits where, and that the phone confirmed it', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id], name: 'reception' })
    await tenant.admin.deposit(box.id, wav(100), {})
    await phone.authenticated(
      'REGISTER',
      { Event: null, 'User-Agent': 'desk/1' },
      `sip:127.0.0.1:${installation.sipPort}`,
    )
    await phone.subscribe({ 'User-Agent': 'desk/1' })
    const lamp = await bench.lampWhen(phone, 'the confirmation', ({ in_sync }) => in_sync)
    const told = await explain(phone.uuid)
    expect(told.sentence).toMatch(
      new RegExp(
        `^The lamp of device 'reception' is lit because mailbox ${box.number} has 1 new message; the phone confirmed this \\d+ s ago\\.$`,
      ),
    )
    const where = {
      contact: expect.stringContaining(phone.address),
      transport: 'UDP',
      remote: phone.address,
      user_agent: 'desk/1',
    }
    expect(told).toMatchObject({
      lit: true,
      in_sync: true,
      device: { uuid: phone.uuid, name: 'reception', mwi_mode: 'auto' },
      mailboxes: [{ voicemail: { id: box.id }, enabled: true, because: ['listed'], rights: [], policy: null }],
      subscriptions: [{ ...where, voicemail_id: null }],
      registrations: [where],
      lamps: [{ uuid: lamp.uuid, lit: true, in_sync: true, reason: 'acknowledged', last_status: 200 }],
    })
  })

  it('says by which ways a device watches, with which rights', async () => {
    const user = await installation.account(tenant.uuid)
    const other = await installation.tenant()
    const own = await installation.mailbox(tenant, { number: '7001' }, [user])
    const shared = await installation.mailbox(tenant, { number: '7002', accesstype: 'global' })
    const team = await installation.mailbox(tenant, { number: '7003' })
    const all = await installation.mailbox(tenant, { number: '7004' })
    await tenant.admin.call('PUT', `${CONFD}/voicemails/${team.id}/members/${user.uuid}`, {
      rights: ['listen', 'greet'],
    })
    await tenant.admin.call('PUT', `${CONFD}/voicemails/${all.id}/members/everyone`, { rights: ['listen'] })
    const { uuid } = await installation.device(tenant, { user_uuid: user.uuid })
    const told = await explain(uuid)
    expect(told.mailboxes.map(({ voicemail, because, rights }) => [voicemail.id, because, rights])).toEqual([
      [own.id, ['personal'], ['listen', 'manage', 'delete', 'greet', 'purge']],
      [shared.id, ['global'], ['listen', 'manage', 'delete', 'greet']],
      [team.id, ['member'], ['listen', 'greet']],
      [all.id, ['everyone'], ['listen']],
    ])
    expect(told.lamps).toHaveLength(4)
    expect(told.sentence).toContain('should be dark because none of its 4 mailboxes has new messages')
    const path = `${CONFD}/devices/${uuid}/explain`
    await expect(other.admin.call('GET', path)).rejects.toMatchObject({ status: 404 })
    await expect(user.api.call('GET', path)).rejects.toMatchObject({ status: 401 })
  })

  it('says what stands in the way', async () => {
    const box = await installation.mailbox(tenant)
    await tenant.admin.deposit(box.id, wav(100), {})
    const { uuid } = await installation.device(tenant, { voicemails: [box.id], name: 'gone' })
    expect((await explain(uuid)).sentence).toBe(
      `The lamp of device 'gone' should be lit because mailbox ${box.number} has 1 new message, but nobody knows where the phone is: it has neither a subscription nor a registration; it never confirmed anything.`,
    )
    await tenant.admin.call('PUT', `${CONFD}/devices/${uuid}`, { mwi_mode: 'off' })
    expect((await explain(uuid)).sentence).toContain('but the device is set to be told nothing (mwi_mode off)')
    await tenant.admin.call('PUT', `${CONFD}/devices/${uuid}`, { voicemails: [] })
    expect((await explain(uuid)).sentence).toMatch(/dark/)
  })
})
