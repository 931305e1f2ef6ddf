import { type Database, openDatabase } from '@lamplighter/store'
import { takeTestVhost, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BusEar } from './bus-ear.js'
import { RawNotifier } from './raw-notifier.js'
import { RawPhone } from './raw-phone.js'
import { request, type Tenant, TestInstallation, type Voicemail } from './support.js'

const CONFD = '/api/confd/1.1'

describe('an external mailbox whose source is not heard of', () => {
  let installation: TestInstallation
  let env: Record<string, string>
  let ear: BusEar
  let tenant: Tenant
  let database: Database
  let number = 5000

  beforeAll(async () => {
    env = { AMQP_URL: (await takeTestVhost()).url }
    installation = await TestInstallation.start(env)
    database = openDatabase(installation.databaseUrl, { connections: 1 })
    tenant = await installation.tenant()
    const mark = (sip_username: string) => admin().call<{ uuid: string }>('POST', `${CONFD}/devices`, { sip_username })
    ear = await BusEar.open(env['AMQP_URL'] ?? '', mark)
  })
  afterAll(async () => {
    await ear.close()
    await database.close()
    await installation.stop()
  })

  const admin = () => tenant.admin.at(installation.url)
  const external = (source: string) => {
    number++
    const fields = { external: { source }, number: String(number) }
    return installation.mailbox({ ...tenant, admin: admin() }, fields)
  }
  const newSource = async (fields: object) =>
    (await admin().call<{ uuid: string }>('POST', `${CONFD}/mwi-sources`, { name: 'up', ...fields })).uuid
  const isStale = async ({ id }: Voicemail) =>
    (await admin().call<{ external: { stale: boolean } }>('GET', `${CONFD}/voicemails/${id}`)).external.stale
  const lostNow = async () =>
    /^lamplighter_external_mailboxes_stale\{source="(.*)"\} 1$/m.exec(
      (await request(`${installation.url}/metrics`)).text,
    )?.[1]

  /** Time passes: it should have been heard of by now. */
  const beSilent = ({ id }: Voicemail) =>
    database.pool.query('UPDATE mailbox SET external_stale_at = now() WHERE id = $1', [id])

  /** What the bus said of a mailbox's source, in order. */
  const said = (box: Voicemail) =>
    ear.heard
      .filter(({ name }) => /^mwi_source_(lost|recovered)$/.test(name))
      .map(({ name, body }) => ({ name, ...(JSON.parse(body) as { data: { voicemail_id: number } }).data }))
      .filter(({ voicemail_id }) => voicemail_id === box.id)
  const names = (box: Voicemail) => said(box).map(({ name }) => name.replace('mwi_source_', ''))
  const says = (box: Voicemail, ...expected: string[]) =>
    waitFor(() => names(box).length >= expected.length, { what: expected.join(', ') })
  /** After everything before it came. */
  const saidInAll = async (box: Voicemail) => {
    await ear.during(async () => {})
    return names(box)
  }

  it('says so once when a server does not answer our SUBSCRIBE any more, and once when it is back, over a restart', async () => {
    const before = new RawNotifier()
    await before.start()
    const box = await external('subscribe')
    const target = before.tcpTarget
    const source = { kind: 'subscribe', voicemail_id: box.id, targets: [target], remote_voicemail: '200' }
    const source_uuid = await newSource(source)
    const status = async () =>
      (
        await admin().call<{ status: { last_reason: string; state: string } }>(
          'GET',
          `${CONFD}/mwi-sources/${source_uuid}`,
        )
      ).status
    await waitFor(async () => (await status()).state === 'active', { what: 'the subscription' })
    before.status = 503
    await before.notify('terminated;reason=deactivated', undefined)
    await says(box, 'lost')
    await before.stop()
    await waitFor(async () => (await status()).last_reason === 'no answer', { what: 'the silence' })
    expect([await isStale(box), await lostNow()]).toEqual([true, 'subscribe'])
    await database.pool.query(`UPDATE mwi_source SET last_reason = 'before the restart'`)
    installation = await installation.restart(env)
    await waitFor(async () => (await status()).last_reason === 'no answer', { what: 'the new worker to hear nothing' })
    expect(await saidInAll(box)).toEqual(['lost'])
    const after = new RawNotifier(target.port)
    await after.start()
    await says(box, 'lost', 'recovered')
    expect(await after.notify('active;expires=600', 'Voice-Message: 1/0\r\n')).toBe(200)
    expect(await saidInAll(box)).toEqual(['lost', 'recovered'])
    const about = { voicemail_id: box.id, source_uuid, kind: 'subscribe' }
    const time = expect.stringMatching(/^\d{4}-.*Z$/)
    const why = { reason: 'waiting', last_status: 503, last_reason: 'answered 503', last_heard_at: time }
    expect(said(box)).toEqual([
      { name: 'mwi_source_lost', ...about, ...why },
      { name: 'mwi_source_recovered', ...about, lost_at: time, heard_at: time },
    ])
    await admin().call('DELETE', `${CONFD}/mwi-sources/${source_uuid}`)
    await after.stop()
  })

  it('says so once when a server never wanted us', async () => {
    const server = new RawNotifier()
    server.status = 403
    await server.start()
    const box = await external('subscribe')
    const source = { kind: 'subscribe', voicemail_id: box.id, targets: [server.target], remote_voicemail: '200' }
    const uuid = await newSource(source)
    await says(box, 'lost')
    await admin().call('PUT', `${CONFD}/mwi-sources/${uuid}`, {})
    await waitFor(() => server.asked.length === 2, { what: 'the second SUBSCRIBE' })
    await waitFor(
      async () =>
        (await admin().call<{ status: { state: string } }>('GET', `${CONFD}/mwi-sources/${uuid}`)).status.state ===
        'stopped',
      { what: 'the second refusal' },
    )
    await saidInAll(box)
    expect(said(box)).toEqual([
      expect.objectContaining({ reason: 'stopped', last_status: 403, last_reason: 'refused', last_heard_at: null }),
    ])
    await server.stop()
  })

  it('says so once when an ARI account that should be heard of in time is not, and once when it sets counts again', async () => {
    const account = { kind: 'ari', username: 'pbx', stale_after_s: 60 }
    const { uuid, secret } = await admin().call<{ uuid: string; secret: string }>('POST', `${CONFD}/mwi-sources`, {
      name: 'pbx',
      ...account,
    })
    const box = await external('ari')
    const put = async () => {
      const headers = { authorization: `Basic ${Buffer.from(`pbx:${secret}`).toString('base64')}` }
      const url = `${installation.url}/ari/mailboxes/${box.number}@${tenant.context}?oldMessages=0&newMessages=1`
      expect((await request(url, { method: 'PUT', headers })).status).toBe(204)
    }
    await put()
    const { status } = await admin().call<{ status: object }>('GET', `${CONFD}/mwi-sources/${uuid}`)
    expect(status).toMatchObject({ last_heard_at: expect.any(String) })
    const { rows } = await database.pool.query(
      'SELECT extract(epoch FROM external_stale_at - external_heard_at)::int AS sec FROM mailbox WHERE id = $1',
      [box.id],
    )
    expect(rows).toEqual([{ sec: 60 }])
    await beSilent(box)
    await says(box, 'lost')
    await put()
    await put()
    expect(await saidInAll(box)).toEqual(['lost', 'recovered'])
    expect(said(box)[0]).toMatchObject({ kind: 'ari', reason: 'silent', source_uuid: null })
  })

  it('says so once when a peer’s NOTIFYs stop coming, and once when one comes again', async () => {
    const [box, other] = [await external('notify'), await external('notify')]
    const uuid = await newSource({
      kind: 'notify',
      username: 'vmplat',
      secret: 'platform-secret',
      voicemail_id: box.id,
      stale_after_s: 60,
    })
    const fields = { kind: 'notify', username: 'many', secret: 'platform-secret', stale_after_s: 60 }
    await newSource({ ...fields, mapping: 'request_uri', context: tenant.context })
    const notify = async (username: string, number: string) => {
      const peer = new RawPhone({ username, password: 'platform-secret' }, installation.sipPort)
      await peer.start()
      const uri = `sip:${number}@127.0.0.1:${installation.sipPort}`
      const type = 'application/simple-message-summary'
      const lines = { 'Content-Type': type, 'Subscription-State': 'terminated', Expires: null, To: `<${uri}>` }
      const { status } = await peer.authenticated('NOTIFY', lines, uri, 'Voice-Message: 1/0\r\n')
      await peer.stop()
      expect(status).toBe(200)
    }
    await notify('vmplat', box.number)
    await notify('many', other.number)
    await beSilent(box)
    await says(box, 'lost')
    // The look that finds the other one passes the first one over.
    await beSilent(other)
    await says(other, 'lost')
    await notify('vmplat', box.number)
    await notify('vmplat', box.number)
    expect([await saidInAll(box), await saidInAll(other)]).toEqual([['lost', 'recovered'], ['lost']])
    const lost = { kind: 'notify', reason: 'silent', last_status: null, last_reason: null }
    expect(said(box)[0]).toMatchObject({ ...lost, source_uuid: uuid, last_heard_at: expect.any(String) })
    expect(said(other)[0]).toMatchObject({ ...lost, source_uuid: null })
    await notify('many', other.number)
    expect(await saidInAll(other)).toEqual(['lost', 'recovered'])
  })
})
