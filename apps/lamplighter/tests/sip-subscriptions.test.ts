import { randomUUID } from 'node:crypto'
import { answerChallenge } from '@lamplighter/sip'
import { type Database, openDatabase } from '@lamplighter/store'
import { waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RawPhone } from './raw-phone.js'
import { deposit, Phones } from './sip-support.js'
import { type Tenant, TestInstallation } from './support.js'

describe('subscriptions of one phone', () => {
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  const phones = new Phones()

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
    tenant = await installation.tenant()
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  afterEach(() => phones.stop())

  const rowsOf = async (uuid: string): Promise<number> => {
    const text = 'SELECT count(*)::int AS n FROM sip_subscription WHERE device_uuid = $1'
    return (await database.pool.query<{ n: number }>(text, [uuid])).rows[0]?.n ?? -1
  }
  const instanceOf = (phone: RawPhone, id: string) => ({
    Contact: `<sip:phone@${phone.address}>;+sip.instance="<urn:uuid:${id}>"`,
  })

  it('are one, from whatever address its instance comes: a hundred re-SUBSCRIBEs and one change are one NOTIFY', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await phones.of(installation, tenant, { voicemails: [box.id] })
    const elsewhere = await phones.logIn(installation, { username: phone.username, password: 'a-sip-password' })
    const id = randomUUID()
    let accepted = 0
    await elsewhere.subscribe(instanceOf(elsewhere, id))
    await elsewhere.next(0, () => true, 'the first state')
    for (let times = 0; times < 100; times++) {
      phone.to = `<sip:${phone.username}@127.0.0.1>`
      phone.target = `sip:${phone.username}@127.0.0.1:${installation.sipPort}`
      const lines = { ...instanceOf(phone, id), 'Call-ID': `again-${times}-${phone.uuid}` }
      const answer = await phone.authenticated('SUBSCRIBE', lines)
      // Ten a second are served; the phone waits for its turn as it is told.
      if (answer.status === 200) accepted++
      else await new Promise((resolve) => setTimeout(resolve, 200))
    }
    await waitFor(() => phone.notified.length === accepted, { what: 'the state after each' })
    const told = accepted
    expect(told).toBeGreaterThan(20)
    await deposit(tenant, box)
    await phone.next(told, ({ body }) => body.includes('1/0'), 'the change')
    await waitFor(async () => (await rowsOf(phone.uuid)) === 1, { what: 'one row' })
    expect(phone.notified.slice(told)).toHaveLength(1)
    expect(elsewhere.notified).toHaveLength(1)
  })

  it('are two for two instances behind one address', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await phones.of(installation, tenant, { voicemails: [box.id] })
    for (const id of [randomUUID(), randomUUID()]) {
      phone.to = `<sip:${phone.username}@127.0.0.1>`
      phone.target = `sip:${phone.username}@127.0.0.1:${installation.sipPort}`
      await phone.authenticated('SUBSCRIBE', { ...instanceOf(phone, id), 'Call-ID': `of-${id}` })
    }
    expect(await rowsOf(phone.uuid)).toBe(2)
    await deposit(tenant, box)
    await waitFor(() => phone.notified.filter(({ body }) => body.includes('1/0')).length === 2, { what: 'both' })
  })

  it('are one dialog when one SUBSCRIBE comes by two ways', async () => {
    const phone = await phones.of(installation, tenant)
    const uri = phone.target
    const challenge = (await phone.send('SUBSCRIBE')).headers.get('www-authenticate') ?? ''
    const login = { username: phone.username, password: 'a-sip-password' }
    const Authorization = answerChallenge(challenge, login, 'SUBSCRIBE', uri) ?? ''
    const copy = { Authorization, CSeq: '77 SUBSCRIBE' }
    const answers = await Promise.all([phone.send('SUBSCRIBE', copy), phone.send('SUBSCRIBE', copy)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(new Set(answers.map(({ headers }) => headers.get('to'))).size).toBe(1)
    await phone.next(0, () => true, 'the state')
    expect(await rowsOf(phone.uuid)).toBe(1)
    expect(phone.notified).toHaveLength(1)
  })

  it('answer a refresh that was answered already once more, without a NOTIFY, and an older one 500', async () => {
    const phone = await phones.of(installation, tenant)
    await phone.subscribe()
    await phone.next(0, () => true, 'the first state')
    phone.cseq = 100
    expect((await phone.subscribe()).status).toBe(200)
    await phone.next(1, () => true, 'the state again')
    const stored = phone.cseq
    phone.cseq = stored - 2
    const again = await phone.authenticated('SUBSCRIBE')
    expect([phone.cseq, again.status]).toEqual([stored, 200])
    expect(Number(again.headers.get('expires'))).toBeGreaterThan(590)
    phone.cseq = stored - 3
    expect((await phone.authenticated('SUBSCRIBE')).status).toBe(500)
    expect(phone.notified).toHaveLength(2)
  })

  it('serve two refreshes at one moment by their CSeq: the later one holds', async () => {
    const phone = await phones.of(installation, tenant)
    await phone.subscribe()
    await phone.next(0, () => true, 'the first state')
    const [early, late] = await Promise.all([
      phone.authenticated('SUBSCRIBE', { Expires: '120' }),
      phone.authenticated('SUBSCRIBE', { Expires: '300' }),
    ])
    expect(late.status).toBe(200)
    expect([200, 500]).toContain(early.status)
    const text =
      'SELECT extract(epoch FROM expires_at - now())::int AS left FROM sip_subscription WHERE device_uuid = $1'
    const { rows } = await database.pool.query<{ left: number }>(text, [phone.uuid])
    expect(rows).toHaveLength(1)
    expect(rows[0]?.left).toBeGreaterThan(280)
  })

  it('are granted up to a fifth less of the longest time, and exactly what is asked below it', async () => {
    const granted = async (Expires: string | null) => {
      const phone = await phones.of(installation, tenant)
      return Number((await phone.subscribe({ Expires })).headers.get('expires'))
    }
    expect(await granted('3599')).toBe(3599)
    const spread = await Promise.all([null, '3600', '999999', '3600', '3600'].map(granted))
    for (const seconds of spread) expect(seconds).toBeGreaterThanOrEqual(2880)
    for (const seconds of spread) expect(seconds).toBeLessThanOrEqual(3600)
    expect(new Set(spread).size).toBeGreaterThan(1)
  })
})
