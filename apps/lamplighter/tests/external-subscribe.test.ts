import { openDatabase } from '@lamplighter/store'
import { takeTestVhost, waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BusEar } from './bus-ear.js'
import { RawNotifier } from './raw-notifier.js'
import { RawPhone } from './raw-phone.js'
import { type Person, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const CALLD = '/api/calld/1.0'

type Status = { state: string; last_status: number | null; last_reason: string | null; target: string | null }
type Source = { uuid: string; status: Status & { last_heard_at: string | null; expires_at: string | null } }

describe('a subscription of ours at another server', () => {
  let installation: TestInstallation
  let env: Record<string, string>
  let tenant: Tenant
  const notifiers: RawNotifier[] = []
  let number = 5000

  beforeAll(async () => {
    env = { AMQP_URL: (await takeTestVhost()).url }
    installation = await TestInstallation.start(env)
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())
  afterEach(async () => {
    for (const one of notifiers.splice(0)) await one.stop()
  })

  const admin = () => tenant.admin.at(installation.url)
  const external = () => {
    number++
    const fields = { external: { source: 'subscribe' }, number: String(number) }
    return installation.mailbox({ ...tenant, admin: admin() }, fields)
  }
  const newSource = async (box: Voicemail, fields: object) =>
    (
      await admin().call<Source>('POST', `${CONFD}/mwi-sources`, {
        name: 'up',
        kind: 'subscribe',
        voicemail_id: box.id,
        ...fields,
      })
    ).uuid
  const source = (uuid: string) => admin().call<Source>('GET', `${CONFD}/mwi-sources/${uuid}`)
  const stands = (uuid: string, status: Partial<Status>) =>
    waitFor(
      async () => {
        const found = (await source(uuid)).status
        return Object.entries(status).every(([key, value]) => found[key as keyof Status] === value) && found
      },
      { what: JSON.stringify(status) },
    )
  const counts = async (box: Voicemail) => {
    const { new: unread, old } = await admin().call<Record<string, number>>('GET', `${CALLD}/voicemails/${box.id}/mwi`)
    return `${unread}/${old}`
  }
  const reads = (box: Voicemail, text: string) =>
    waitFor(async () => (await counts(box)) === text, { what: `the counts ${text}` })
  const feedOf = async (box: Voicemail) =>
    (await admin().call<{ external: object }>('GET', `${CONFD}/voicemails/${box.id}`)).external

  async function notifier(): Promise<RawNotifier> {
    const one = new RawNotifier()
    await one.start()
    notifiers.push(one)
    return one
  }

  describe('another Lamplighter', () => {
    let upstream: TestInstallation
    let there: Tenant
    let bob: Person
    let bobs: Voicemail
    let account: { username: string; password: string }

    beforeAll(async () => {
      upstream = await TestInstallation.start()
      there = await upstream.tenant()
      bob = await upstream.account(there.uuid)
      bobs = await upstream.mailbox(there, {}, [bob])
      account = await upstream.device(there, { user_uuid: bob.uuid })
    })
    afterAll(() => upstream.stop())

    const deposit = () => there.admin.deposit<{ id: string }>(bobs.id, wav(100), {})
    const subscribers = async () => {
      const database = openDatabase(upstream.databaseUrl, { connections: 1 })
      const { rows } = await database.pool.query('SELECT call_id FROM sip_subscription WHERE expires_at > now()')
      await database.close()
      return rows.map(({ call_id }) => call_id as string)
    }

    it('lights our phone by its counts, with a digest, and says them on the bus', async () => {
      const box = await external()
      const device = await installation.device(tenant, { voicemails: [box.id] })
      const phone = new RawPhone(device, installation.sipPort)
      await phone.start()
      await phone.subscribe()
      const mark = (sip_username: string) =>
        tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/devices`, { sip_username })
      const ear = await BusEar.open(env['AMQP_URL'] ?? '', mark)
      const address = `${account.username}:${account.password}@127.0.0.1:${upstream.sipPort}/${account.username}`
      const uuid = await newSource(box, { address })
      const active = await stands(uuid, { state: 'active', last_status: 200, target: `127.0.0.1:${upstream.sipPort}` })
      expect(active).toMatchObject({ expires_at: expect.any(String) })
      const said = await ear.during(async () => {
        await deposit()
        await phone.next(0, ({ body }) => body.includes('yes') && body.includes('Voice-Message: 1/0'), 'the lit lamp')
      })
      expect(
        said.map(({ name, body }) => [name, JSON.parse(body).data.voicemail_id, JSON.parse(body).data.new]),
      ).toEqual([['user_voicemail_mwi_updated', box.id, 1]])
      await waitFor(async () => (await source(uuid)).status.last_heard_at !== null, { what: 'last_heard_at' })
      expect(await feedOf(box)).toMatchObject({ source: 'subscribe', stale: false, last_heard_at: expect.any(String) })
      const { items } = await there.admin.call<{ items: { id: string }[] }>('GET', `${CALLD}/voicemails/messages`)
      for (const { id } of items) await bob.api.call('DELETE', `${CALLD}/users/me/voicemails/messages/${id}`)
      await phone.next(1, ({ body }) => body.includes('no') && body.includes('0/0'), 'the dark lamp')
      await admin().call('DELETE', `${CONFD}/mwi-sources/${uuid}`)
      await waitFor(async () => (await subscribers()).length === 0, { what: 'the subscription to be taken back' })
      await ear.close()
      await phone.stop()
    })

    it('stops with what was answered when it does not take our password, until that is put right', async () => {
      const box = await external()
      const address = `${account.username}:wrong-password@127.0.0.1:${upstream.sipPort}/${account.username}`
      const uuid = await newSource(box, { address })
      await stands(uuid, { state: 'stopped', last_status: 401, last_reason: 'credentials refused' })
      await admin().call('PUT', `${CONFD}/mwi-sources/${uuid}`, { secret: account.password })
      await stands(uuid, { state: 'active', last_status: 200 })
      await admin().call('PUT', `${CONFD}/mwi-sources/${uuid}`, { enabled: false })
      await waitFor(async () => (await subscribers()).length === 0, { what: 'the subscription to be taken back' })
    })

    it('is subscribed to over TCP as well, and tells us on the connection', async () => {
      const box = await external()
      const port = upstream.lamplighter.sipPorts?.TCP
      const target = { host: '127.0.0.1', port, transport: 'TCP' }
      const login = { username: account.username, secret: account.password }
      const uuid = await newSource(box, { targets: [target], remote_voicemail: account.username, ...login })
      const { id } = await deposit()
      await reads(box, '1/0')
      await bob.api.call('DELETE', `${CALLD}/users/me/voicemails/messages/${id}`)
      await reads(box, '0/0')
      await admin().call('DELETE', `${CONFD}/mwi-sources/${uuid}`)
      await waitFor(async () => (await subscribers()).length === 0, { what: 'the subscription to be taken back' })
    })

    it('is subscribed to anew after a restart of ours, and the counts are kept meanwhile', async () => {
      const box = await external()
      const address = `${account.username}:${account.password}@127.0.0.1:${upstream.sipPort}/${account.username}`
      const uuid = await newSource(box, { address })
      await deposit()
      await reads(box, '1/0')
      const before = await subscribers()
      installation = await installation.restart(env)
      expect(await counts(box)).toBe('1/0')
      await waitFor(async () => (await subscribers()).some((id) => !before.includes(id)), {
        what: 'a new subscription',
      })
      await deposit()
      await reads(box, '2/0')
      await admin().call('DELETE', `${CONFD}/mwi-sources/${uuid}`)
    })
  })

  it('goes to the next place of the server when one does not serve it', async () => {
    const [down, up] = [await notifier(), await notifier()]
    down.status = 503
    up.body = 'Messages-Waiting: yes\r\nVoice-Message: 3/1 (0/0)\r\n'
    const box = await external()
    const uuid = await newSource(box, { targets: [down.target, up.target], remote_voicemail: '200' })
    await reads(box, '3/1')
    await stands(uuid, { state: 'active', target: `127.0.0.1:${up.target.port}` })
    expect([down.asked.length, up.asked[0]?.uri]).toEqual([1, `sip:200@127.0.0.1:${up.target.port}`])
    await admin().call('DELETE', `${CONFD}/mwi-sources/${uuid}`)
    await waitFor(() => up.asked.at(-1)?.expires === '0', { what: 'the goodbye' })
  })

  it('rests while its mailbox lies in the trash, over a restart too, and begins anew when that is restored', async () => {
    const server = await notifier()
    server.body = 'Voice-Message: 2/1\r\n'
    const box = await external()
    const uuid = await newSource(box, { targets: [server.target], remote_voicemail: '200' })
    await reads(box, '2/1')
    const [first] = server.asked
    await admin().call('DELETE', `${CONFD}/voicemails/${box.id}`)
    await waitFor(() => server.asked.at(-1)?.expires === '0', { what: 'the goodbye' })
    expect(server.asked.map(({ callId }) => callId)).toEqual([first?.callId, first?.callId])
    installation = await installation.restart(env)
    server.body = 'Voice-Message: 3/1\r\n'
    await admin().call('PUT', `${CONFD}/voicemails/${box.id}/restore`, {})
    await reads(box, '3/1')
    await stands(uuid, { state: 'active' })
    expect(server.asked.map(({ expires }) => expires)).toEqual([first?.expires, '0', first?.expires])
    await admin().call('DELETE', `${CONFD}/mwi-sources/${uuid}`)
  })

  it('asks again at once after `deactivated`, later after `probation`, and never after `rejected`', async () => {
    const server = await notifier()
    server.body = 'Voice-Message: 2/0\r\n'
    const box = await external()
    const uuid = await newSource(box, { targets: [server.target], remote_voicemail: '200' })
    await reads(box, '2/0')
    const calls = () => new Set(server.asked.map(({ callId }) => callId)).size
    expect(await server.notify('terminated;reason=deactivated', undefined)).toBe(200)
    await waitFor(() => calls() === 2, { what: 'a second subscription' })
    await stands(uuid, { state: 'active' })
    expect(await server.notify('terminated;reason=probation;retry-after=3', undefined)).toBe(200)
    await stands(uuid, { state: 'waiting', last_reason: 'probation' })
    expect(await feedOf(box)).toMatchObject({ stale: true })
    await waitFor(() => calls() === 3, { what: 'a third subscription' })
    await stands(uuid, { state: 'active' })
    await waitFor(async () => ((await feedOf(box)) as { stale: boolean }).stale === false, { what: 'fresh counts' })
    expect(await server.notify('terminated;reason=rejected', undefined)).toBe(200)
    await stands(uuid, { state: 'stopped', last_reason: 'rejected' })
    expect([await counts(box), await feedOf(box)]).toEqual(['2/0', expect.objectContaining({ stale: true })])
    expect(calls()).toBe(3)
    await admin().call('PUT', `${CONFD}/mwi-sources/${uuid}`, {})
    await waitFor(() => calls() === 4, { what: 'a subscription after it was started again' })
    await admin().call('DELETE', `${CONFD}/mwi-sources/${uuid}`)
  })

  it('keeps its counts when a NOTIFY is empty, unreadable, old or of a stranger', async () => {
    const server = await notifier()
    server.body = 'Voice-Message: 4/4\r\n'
    const box = await external()
    const uuid = await newSource(box, { targets: [server.target], remote_voicemail: '200' })
    await reads(box, '4/4')
    expect(await server.notify('active;expires=600', undefined)).toBe(200)
    expect(await server.notify('active;expires=600', 'Voice-Message: -1/0\r\n')).toBe(200)
    expect(await server.notify('active;expires=600', 'Voice-Message: 9/9\r\n', 1)).toBe(500)
    expect(await server.notify('nonsense', 'Voice-Message: 9/9\r\n', 10)).toBe(400)
    expect(await counts(box)).toBe('4/4')
    expect(await server.notify('active;expires=600', 'Voice-Message: 5/5\r\n', 20)).toBe(200)
    expect(await counts(box)).toBe('5/5')
    await admin().call('DELETE', `${CONFD}/mwi-sources/${uuid}`)
    await waitFor(() => server.asked.at(-1)?.expires === '0', { what: 'the goodbye' })
    await waitFor(async () => (await server.notify('active;expires=600', 'Voice-Message: 9/9\r\n', 99)) === 481, {
      what: 'the end of the dialog',
    })
  })
})
