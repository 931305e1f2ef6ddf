import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdAnswer, type ConfdCall, confdOf, Ear } from './confd-support.js'
import { type Tenant, TestInstallation, type Voicemail } from './support.js'

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

const refused = ({ status, json }: ConfdAnswer, text: string) =>
  expect([status, json]).toEqual([400, [expect.stringContaining(text)]])

describe('14, 15 /voicemails/transcription', () => {
  const PATH = '/voicemails/transcription'

  it('2.10 [C]: off by default, for the effective tenant only', async () => {
    expect((await call('GET', PATH)).json).toEqual({ enabled: false })
    expect((await call('PUT', PATH, { enabled: true })).status).toBe(204)
    expect((await call('GET', PATH)).json).toEqual({ enabled: true })
    const above = confdOf(installation, parent.admin)
    expect((await above('GET', PATH)).json).toEqual({ enabled: false })
    expect((await above('GET', PATH, undefined, { 'wazo-tenant': tenant.uuid })).json).toEqual({ enabled: true })
  })

  it.each([
    [true, true],
    [false, false],
    ['on', true],
    ['False', false],
    [1, true],
    [0, false],
    ['yes', true],
    ['n', false],
  ])('2.10 [C]: the lax boolean %j is %j', async (enabled, expected) => {
    expect((await call('PUT', PATH, { enabled })).status).toBe(204)
    expect((await call('GET', PATH)).json).toEqual({ enabled: expected })
  })

  it.each([{}, { enabled: null }, { enabled: 'maybe' }, { enabled: 2 }, { enabled: [] }])(
    '2.10 [C]: %j is 400 and names enabled',
    async (body) => {
      refused(await call('PUT', PATH, body), 'enabled')
    },
  )

  it('2.6 [C]: PUT says voicemail_transcription_config_edited with the new value; no change says nothing [B]', async () => {
    await call('PUT', PATH, { enabled: false })
    const set = () => call('PUT', PATH, { enabled: true })
    expect(await ear.during(set)).toEqual([['voicemail_transcription_config_edited', { enabled: true }]])
    expect(await ear.during(set)).toEqual([])
  })
})

describe('[B] /voicemails/settings', () => {
  const PATH = '/voicemails/settings'
  const set = (body: unknown) => call('PUT', PATH, body)
  const DEFAULTS = {
    many_globals: false,
    trash_days: 30,
    max_age_days: null,
    claim_lease_s: 900,
    pin_min_length: 6,
    event_retention_hours: null,
    message_account: null,
    sip_registrar: true,
  }

  it('has defaults; PUT changes what it names, and says so', async () => {
    expect((await call('GET', PATH)).json).toEqual(DEFAULTS)
    const change = { trash_days: 7, max_age_days: 365, event_retention_hours: 24, sip_registrar: false }
    expect(await ear.during(() => set(change))).toEqual([['voicemail_settings_edited', {}]])
    expect((await call('GET', PATH)).json).toEqual({ ...DEFAULTS, ...change })
    expect(await ear.during(() => set(change))).toEqual([])
    expect((await set(DEFAULTS)).status).toBe(204)
    expect((await call('GET', PATH)).json).toEqual(DEFAULTS)
  })

  it.each([
    ['many_globals', 'true'],
    ['trash_days', -1],
    ['trash_days', 3651],
    ['trash_days', null],
    ['max_age_days', 0],
    ['max_age_days', 36_501],
    ['claim_lease_s', 4],
    ['claim_lease_s', 86_401],
    ['pin_min_length', 3],
    ['pin_min_length', 21],
    ['event_retention_hours', 0],
    ['event_retention_hours', 8785],
    ['sip_registrar', null],
  ])('%s refuses %j', async (field, value) => {
    refused(await set({ [field]: value }), field)
  })

  it('are one tenant’s own', async () => {
    await set({ trash_days: 3 })
    expect((await confdOf(installation, parent.admin)('GET', PATH)).json).toEqual(DEFAULTS)
  })

  it('F-57: If-Match stops who saw other settings', async () => {
    const etag = (await call('GET', PATH)).headers.get('etag') ?? ''
    const change = (trash_days: number) => call('PUT', PATH, { trash_days }, { 'if-match': etag })
    expect([(await change(8)).status, (await change(9)).status]).toEqual([204, 412])
  })

  describe('many_globals', () => {
    const global = () =>
      call('POST', '/voicemails', {
        name: 'g',
        number: installation.nextNumber(),
        context: tenant.context,
        accesstype: 'global',
      })

    it('lets rule R3 go, for the mailboxes that exist too; another tenant keeps it', async () => {
      const first = await global()
      refused(await global(), 'Operation not permitted.')
      expect((await set({ many_globals: true })).status).toBe(204)
      const second = await global()
      expect([first.status, second.status]).toEqual([201, 201])
      const personal = await installation.mailbox(tenant)
      expect((await call('PUT', `/voicemails/${personal.id}`, { accesstype: 'global' })).status).toBe(204)
      const other = await installation.tenant()
      await installation.mailbox(other, { accesstype: 'global' })
      const another = { name: 'g', number: '2', context: other.context, accesstype: 'global' }
      refused(await confdOf(installation, other.admin)('POST', '/voicemails', another), 'Operation not permitted.')
    })

    it('cannot be switched off while a context has several; then R3 holds again', async () => {
      const { items } = (await call('GET', '/voicemails?accesstype=global')).json as { items: Voicemail[] }
      expect(items).toHaveLength(3)
      refused(await set({ many_globals: false }), 'Operation not permitted.')
      expect((await call('GET', PATH)).json).toMatchObject({ many_globals: true })
      for (const { id } of items.slice(1)) await call('DELETE', `/voicemails/${id}`)
      expect((await set({ many_globals: false })).status).toBe(204)
      refused(await global(), 'Operation not permitted.')
      refused(await call('PUT', `/voicemails/${items[1]?.id}/restore`), 'Operation not permitted.')
    })

    it('holds in a race between switching off and creating', async () => {
      const own = await installation.tenant()
      const mine = confdOf(installation, own.admin)
      const create = () =>
        mine('POST', '/voicemails', {
          name: 'g',
          number: installation.nextNumber(),
          context: own.context,
          accesstype: 'global',
        })
      await create()
      for (let round = 0; round < 5; round++) {
        await mine('PUT', PATH, { many_globals: true })
        const [off, made] = await Promise.all([mine('PUT', PATH, { many_globals: false }), create()])
        expect([off.status, made.status]).toEqual(made.status === 201 ? [400, 201] : [204, 400])
        if (made.status === 201) await mine('DELETE', `/voicemails/${(made.json as Voicemail).id}`)
      }
    })
  })
})
