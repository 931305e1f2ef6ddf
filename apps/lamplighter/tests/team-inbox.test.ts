import { randomUUID } from 'node:crypto'
import { hashSecret } from '@lamplighter/access'
import { type Database, openDatabase, USER_POLICY_SLUG } from '@lamplighter/store'
import { waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { RawPhone } from './raw-phone.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Claim = { user_uuid: string; expires_at: string }
type Message = {
  id: string
  unread: boolean
  priority: string
  private: boolean
  status: string
  note: string | null
  claim: Claim | null
  handled_by: string | null
  read_by: string[]
  folder: { id: number }
}

describe('a team inbox', () => {
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  let anna: Person
  let bob: Person
  let box: Voicemail
  const phones: RawPhone[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  beforeEach(async () => {
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    bob = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, { accesstype: 'global' })
  })
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop()
  })

  const calld = (token: string | undefined, method: string, path: string, body?: unknown) =>
    request(`${installation.url}/api/calld/1.0${path}`, {
      method,
      token,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const own = (person: Person, method: string, path: string, body?: unknown) =>
    calld(person.api.token, method, `/users/me/voicemails${path}`, body)
  const byMailbox = (method: string, path: string, body?: unknown) =>
    calld(tenant.admin.token, method, `/voicemails/${box.id}${path}`, body)
  const deposit = async (facts: Record<string, string> = {}) =>
    (await tenant.admin.deposit<{ id: string }>(box.id, wav(100), facts)).id
  const claim = (person: Person, id: string, body?: unknown) => own(person, 'PUT', `/messages/${id}/claim`, body)
  const message = async (id: string) => (await byMailbox('GET', `/messages/${id}`)).json as Message
  const news = async (person: Person) => ((await own(person, 'GET', '/mwi')).json as { new: number }).new
  const revision = async () => ((await byMailbox('GET', '/mwi')).json as { version: number }).version
  const error = ({ status, json }: { status: number; json: unknown }) => [
    status,
    (json as { error_id?: string }).error_id,
  ]

  /** What was said of the mailbox since a revision: name, to whom, and how many are new where it counts. */
  async function said(since: number) {
    const { rows } = await database.pool.query<{ name: string; user: string | null; body: string }>(
      'SELECT name, user_uuid::text AS user, body FROM event WHERE mailbox_id = $1 AND mailbox_revision > $2 ORDER BY id',
      [box.id, since],
    )
    return rows.map(({ name, user, body }) => ({ name, user, data: JSON.parse(body).data as Record<string, unknown> }))
  }
  const told = async (since: number) => (await said(since)).map(({ name, user, data }) => [name, user, data['new']])

  /** Tokens of as many users, who share a password so that it is hashed once. */
  async function manyTokens(count: number): Promise<string[]> {
    const { provisioning } = installation.lamplighter
    const passwordHash = await hashSecret('one for all')
    const logIn = async () => {
      const username = `u${randomUUID()}`
      const account = { tenantId: tenant.uuid, username, passwordHash, firstname: 'One', policies: [USER_POLICY_SLUG] }
      await provisioning.saveAccount(account)
      return (await ApiClient.logIn(installation.url, username, 'one for all')).token
    }
    return Promise.all(Array.from({ length: count }, logIn))
  }

  async function phoneOf(fields: Record<string, unknown>): Promise<RawPhone> {
    const device = await installation.device(tenant, fields)
    const phone = new RawPhone(device, installation.sipPort)
    await phone.start()
    phones.push(phone)
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    return phone
  }
  const shows = (phone: RawPhone, counts: string) =>
    waitFor(() => phone.notified.at(-1)?.body.includes(`Voice-Message: ${counts}`), {
      what: `a lamp showing ${counts}`,
    })

  describe('a claim', () => {
    it('gives a message to one user for a while; the other gets 409 that names who has it', async () => {
      const id = await deposit()
      const { status, json } = await claim(anna, id, { lease_s: 60 })
      const { user_uuid: holder, expires_at: expiresAt } = json as Claim
      expect([status, holder]).toEqual([200, anna.uuid])
      expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(50_000)
      expect((await message(id)).claim).toEqual(json)
      const lost = await claim(bob, id)
      expect(error(lost)).toEqual([409, 'message-claimed'])
      expect((lost.json as { details: object }).details).toEqual({
        message_id: id,
        user_uuid: anna.uuid,
        name: 'Test',
        expires_at: expiresAt,
      })
    })

    it('lasts as long as the tenant says when nothing is asked, and is prolonged by its holder', async () => {
      const id = await deposit()
      const first = (await claim(anna, id)).json as Claim
      const seconds = (Date.parse(first.expires_at) - Date.now()) / 1000
      expect(seconds).toBeGreaterThan(880)
      expect(seconds).toBeLessThan(910)
      const again = (await claim(anna, id, { lease_s: 3000 })).json as Claim
      expect(Date.parse(again.expires_at)).toBeGreaterThan(Date.parse(first.expires_at))
    })

    it('is won by one of 200 users at once: 1 × 200, 199 × 409 naming the winner (users.md 27)', async () => {
      const id = await deposit()
      const tokens = await manyTokens(200)
      const before = await revision()
      const answers = await Promise.all(
        tokens.map((token) => calld(token, 'PUT', `/users/me/voicemails/messages/${id}/claim`)),
      )
      const winner = (await message(id)).claim?.user_uuid
      const won = answers.filter(({ status }) => status === 200)
      const lost = answers.filter(({ status }) => status === 409)
      expect([won.length, lost.length]).toEqual([1, 199])
      expect(won[0]?.json).toMatchObject({ user_uuid: winner })
      for (const { json } of lost) expect((json as { details: Claim }).details.user_uuid).toBe(winner)
      expect(await revision()).toBe(before + 1)
    }, 90_000)

    it('does not count for the others, and does for its holder, also in what is said', async () => {
      const [id] = [await deposit({ urgent: 'true' }), await deposit()]
      const before = await revision()
      await claim(anna, id)
      expect([await news(anna), await news(bob)]).toEqual([2, 1])
      expect((await byMailbox('GET', '/mwi')).json).toMatchObject({ new: 2, urgent_new: 1, claimed: 1 })
      expect(await told(before)).toEqual([
        ['global_voicemail_message_claimed', null, undefined],
        ['global_voicemail_mwi_updated', null, 1],
        ['user_voicemail_mwi_updated', anna.uuid, 2],
      ])
      expect((await said(before))[0]?.data).toMatchObject({
        claimed_by: anna.uuid,
        message_id: id,
        version: before + 1,
      })
    })

    it('of a mailbox that is not global is said to each listener, with the counts of each', async () => {
      box = await installation.mailbox(tenant, {}, [anna])
      await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}/members/${bob.uuid}`, {
        rights: ['listen', 'manage'],
      })
      const id = await deposit()
      const before = await revision()
      expect((await claim(bob, id)).status).toBe(200)
      expect(await told(before)).toEqual([
        ['user_voicemail_message_claimed', anna.uuid, undefined],
        ['user_voicemail_message_claimed', bob.uuid, undefined],
        ['user_voicemail_mwi_updated', anna.uuid, 0],
        ['user_voicemail_mwi_updated', bob.uuid, 1],
      ])
    })

    it('is given up by its holder only, but by way of the mailbox also by an administrator', async () => {
      const id = await deposit()
      await claim(anna, id)
      const release = (person: Person) => own(person, 'DELETE', `/messages/${id}/claim`)
      expect(error(await release(bob))).toEqual([409, 'message-claimed'])
      expect((await release(anna)).status).toBe(204)
      const before = await revision()
      expect((await release(anna)).status).toBe(204)
      expect(await revision()).toBe(before)
      await claim(anna, id)
      expect((await byMailbox('DELETE', `/messages/${id}/claim`)).status).toBe(204)
      expect(await told(before + 1)).toEqual([
        ['global_voicemail_message_released', null, undefined],
        ['global_voicemail_mwi_updated', null, 1],
      ])
      expect((await message(id)).claim).toBe(null)
      expect((await claim(bob, id)).status).toBe(200)
    })

    it('that runs out is given back within two seconds, and said', async () => {
      const id = await deposit()
      await claim(anna, id, { lease_s: 5 })
      const before = await revision()
      // Five seconds have passed.
      await database.pool.query(`UPDATE message SET claim_expires_at = now() WHERE id = $1`, [id])
      const started = Date.now()
      await waitFor(async () => (await message(id)).claim === null, { what: 'the message given back' })
      expect(Date.now() - started).toBeLessThan(2500)
      expect(await told(before)).toEqual([
        ['global_voicemail_message_claim_expired', null, undefined],
        ['global_voicemail_mwi_updated', null, 1],
      ])
      expect(await news(bob)).toBe(1)
    })

    it.each([{ lease_s: 4 }, { lease_s: 86_401 }, { lease_s: 'long' }, { lease: 60 }])(
      'is refused with 400 for %j',
      async (body) => {
        expect(error(await claim(anna, await deposit(), body))).toEqual([400, 'invalid-data'])
      },
    )
  })

  describe('lamps', () => {
    it('of the others drop when a message is claimed, the holder’s stays, and all come back when the claim runs out', async () => {
      const [annas, bobs] = [await phoneOf({ user_uuid: anna.uuid }), await phoneOf({ user_uuid: bob.uuid })]
      const nobodys = await phoneOf({ mailbox_ids: [box.id] })
      const id = await deposit()
      for (const phone of [annas, bobs, nobodys]) await shows(phone, '1/0')
      await claim(anna, id)
      const started = Date.now()
      for (const phone of [bobs, nobodys]) await shows(phone, '0/0')
      expect(Date.now() - started).toBeLessThan(1000)
      await shows(annas, '1/0')
      await database.pool.query('UPDATE message SET claim_expires_at = now() WHERE id = $1', [id])
      for (const phone of [annas, bobs, nobodys]) await shows(phone, '1/0')
    })

    it('of the others come back when the holder gives the message up', async () => {
      const [annas, bobs] = [await phoneOf({ user_uuid: anna.uuid }), await phoneOf({ user_uuid: bob.uuid })]
      const id = await deposit()
      for (const phone of [annas, bobs]) await shows(phone, '1/0')
      await claim(anna, id)
      await shows(bobs, '0/0')
      expect((await own(anna, 'DELETE', `/messages/${id}/claim`)).status).toBe(204)
      for (const phone of [annas, bobs]) await shows(phone, '1/0')
    })
  })

  describe('a status', () => {
    it('is set with a note, names who handled the message, and is said', async () => {
      const id = await deposit()
      const before = await revision()
      const put = (body: unknown) => own(anna, 'PUT', `/messages/${id}/status`, body)
      const { status, json } = await put({ status: 'call-back', note: 'at five\ntomorrow' })
      expect([status, json]).toEqual([
        200,
        expect.objectContaining({ status: 'call-back', note: 'at five\ntomorrow', handled_by: anna.uuid }),
      ])
      expect(await message(id)).toEqual(json)
      expect(await told(before)).toEqual([['global_voicemail_message_status_changed', null, undefined]])
      expect(await revision()).toBe(before + 1)
      await put({ status: 'call-back' })
      expect(await revision()).toBe(before + 1)
      await put({ status: 'open', note: null })
      expect(await message(id)).toMatchObject({ status: 'open', note: null, handled_by: null })
    })

    it('of done ends the claim', async () => {
      const id = await deposit()
      await claim(anna, id)
      const before = await revision()
      await own(anna, 'PUT', `/messages/${id}/status`, { status: 'done' })
      expect(await message(id)).toMatchObject({ status: 'done', claim: null, handled_by: anna.uuid })
      expect(await told(before)).toEqual([
        ['global_voicemail_message_status_changed', null, undefined],
        ['global_voicemail_message_released', null, undefined],
        ['global_voicemail_mwi_updated', null, 1],
      ])
    })

    it.each([
      {},
      { status: 'new' },
      { status: 'done', note: 'x'.repeat(2001) },
      { status: 'done', note: 'a\u0000b' },
      { status: 'done', note: 5 },
    ])('is refused with 400 for %j', async (body) => {
      expect((await own(anna, 'PUT', `/messages/${await deposit()}/status`, body)).status).toBe(400)
    })
  })

  describe('flags', () => {
    it('mark a message read and unread, urgent and normal, as a move would', async () => {
      const id = await deposit()
      const put = async (body: unknown) => (await own(anna, 'PUT', `/messages/${id}/flags`, body)).json as Message
      const before = await revision()
      expect(await put({ priority: 'urgent' })).toMatchObject({ folder: { id: 3 }, unread: true, priority: 'urgent' })
      expect(await put({ unread: false })).toMatchObject({ folder: { id: 2 }, unread: false, priority: 'urgent' })
      expect((await byMailbox('GET', '/mwi')).json).toMatchObject({ new: 0, old: 1, urgent_old: 1 })
      expect(await put({ unread: true })).toMatchObject({ folder: { id: 3 }, unread: true })
      expect(await put({ priority: 'normal', unread: true })).toMatchObject({ folder: { id: 1 }, priority: 'normal' })
      expect(await put({})).toMatchObject({ folder: { id: 1 } })
      expect(await told(before)).toEqual(
        [1, 0, 1, 1].flatMap((count) => [
          ['global_voicemail_message_updated', null, undefined],
          ['global_voicemail_mwi_updated', null, count],
        ]),
      )
      await byMailbox('PUT', `/messages/${id}`, { folder_id: 5 })
      expect(await put({ unread: false, private: true })).toMatchObject({ folder: { id: 5 }, private: true })
    })

    it('and moves remember who read a message, once each, also when it is unread again', async () => {
      const id = await deposit()
      await own(anna, 'PUT', `/messages/${id}/flags`, { unread: false })
      await own(anna, 'PUT', `/messages/${id}/flags`, { unread: true })
      await own(bob, 'PUT', `/messages/${id}`, { folder_id: 2 })
      await own(bob, 'PUT', `/messages/${id}`, { folder_id: 1 })
      await own(anna, 'PUT', `/messages/${id}`, { folder_id: 4 })
      expect((await message(id)).read_by).toEqual([anna.uuid, bob.uuid])
    })

    it.each([{ unread: 'yes' }, { priority: 'high' }, { private: null }, { hold: true }])(
      'are refused with 400 for %j',
      async (body) => {
        expect((await own(anna, 'PUT', `/messages/${await deposit()}/flags`, body)).status).toBe(400)
      },
    )
  })

  it('is managed by those who may: without the right it is 403, out of reach 404', async () => {
    box = await installation.mailbox(tenant)
    await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}/members/${bob.uuid}`, { rights: ['listen'] })
    const id = await deposit()
    const calls: [string, string, unknown][] = [
      ['PUT', 'claim', undefined],
      ['DELETE', 'claim', undefined],
      ['PUT', 'status', { status: 'done' }],
      ['PUT', 'flags', { private: true }],
    ]
    for (const [method, part, body] of calls) {
      const path = `/messages/${id}/${part}`
      expect(error(await own(bob, method, path, body))).toEqual([403, 'mailbox-right-missing'])
      expect(error(await own(anna, method, path, body))).toEqual([404, 'no-such-voicemail-message'])
      expect((await byMailbox(method, path, body)).status).toBeLessThan(300)
    }
  })
})
