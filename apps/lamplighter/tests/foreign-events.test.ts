import { randomUUID } from 'node:crypto'
import { takeTestVhost, waitFor } from '@lamplighter/testing'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { confdOf } from './confd-support.js'
import { LampBench } from './lamp-support.js'
import { type Tenant, TestInstallation, wav } from './support.js'

/** Of each kind one that no statement takes: ids that are none, too large, of the wrong type; no JSON at all. */
const POISON: readonly [name: string, data: unknown][] = [
  ['mwi_device_edited', { device_uuid: 'no uuid' }],
  ['mwi_device_deleted', { device_uuid: '' }],
  ['global_voicemail_mwi_updated', { voicemail_id: 1.5 }],
  ['global_voicemail_mwi_updated', { voicemail_id: 10_000_000_000 }],
  ['user_voicemail_mwi_updated', { voicemail_id: '1' }],
  ['voicemail_edited', { id: -1 }],
  ['mwi_policy_edited', { mwi_policy_uuid: 'x' }],
  ['mwi_gateway_edited', { gateway_uuid: "'" }],
  ['mwi_source_edited', { source_uuid: 'x' }],
  ['lamp_reassert_requested', { device_uuid: 'x' }],
  ['lamp_reassert_requested', null],
  ['voicemail_settings_edited', {}],
]

/** Others have accounts on the broker, too, and may write what they like under our names. */
describe('events of others under our names', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let bench: LampBench
  let amqpUrl: string

  beforeAll(async () => {
    amqpUrl = (await takeTestVhost()).url
    installation = await TestInstallation.start({ AMQP_URL: amqpUrl })
    tenant = await installation.tenant()
    bench = new LampBench(installation, tenant)
  })
  afterAll(async () => {
    await bench.stop()
    await installation.stop()
  })

  const origin_uuid = () => installation.lamplighter.originUuid

  async function publish(events: readonly { name: string; data: unknown; id: string; tenantUuid: string }[]) {
    const connection = await connect(amqpUrl)
    const channel = await connection.createConfirmChannel()
    for (const { name, data, id: messageId, tenantUuid: tenant_uuid } of events) {
      const headers = { name, origin_uuid: origin_uuid(), tenant_uuid, required_acl: null }
      channel.publish('wazo-headers', '', Buffer.from(JSON.stringify({ name, data })), { headers, messageId })
    }
    await channel.waitForConfirms()
    await connection.close()
  }

  it('that name what cannot be are put aside, and hold up no lamp', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id] })
    await phone.subscribe()
    await bench.lampWhen(phone, 'the first confirmation', (lamp) => lamp.in_sync)
    await publish(POISON.map(([name, data]) => ({ name, data, id: randomUUID(), tenantUuid: 'no tenant' })))
    await tenant.admin.deposit(box.id, wav(100), {})
    await bench.lampWhen(phone, 'the lamp lit', (lamp) => lamp.in_sync && lamp.desired.new === 1)
    const master = confdOf(installation, await installation.master())
    const parked = async () => ((await master('GET', '/dead-letters')).json as { items: { name: string }[] }).items
    const names = new Set(POISON.map(([name]) => name))
    await waitFor(async () => new Set((await parked()).map(({ name }) => name)).size >= names.size, {
      what: 'the dead letters',
    })
    expect(new Set((await parked()).map(({ name }) => name))).toEqual(names)
  })

  it('that bear an id that is none are looked at, and their decisions are written', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id] })
    await phone.subscribe()
    const lamp = await bench.lampWhen(phone, 'the first confirmation', (one) => one.in_sync)
    const name = 'global_voicemail_mwi_updated'
    await publish([{ name, data: { voicemail_id: box.id }, id: 'seven', tenantUuid: tenant.uuid }])
    const [newest] = await bench.traceWhen(lamp, 'the look', ([first]) => first?.cause.name === name)
    expect(newest?.cause.event_id).toBeNull()
    await tenant.admin.deposit(box.id, wav(100), {})
    await bench.lampWhen(phone, 'the lamp lit', (one) => one.in_sync && one.desired.new === 1)
  })
})
