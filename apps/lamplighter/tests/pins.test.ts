import { createLogger } from '@lamplighter/runtime'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { queryRows } from './database.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const GOOD = '830472'

type Verdict = { verified: boolean; reason?: string; retry_after_s?: number }

describe('PINs', () => {
  const lines: string[] = []
  let installation: TestInstallation
  let tenant: Tenant
  let box: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start({}, createLogger('trace', { write: (line) => void lines.push(line) }))
  })
  afterAll(() => installation.stop())
  // Tries count for the tenant, too: each test has its own.
  beforeEach(async () => {
    tenant = await installation.tenant()
    box = await installation.mailbox(tenant, { password: GOOD })
  })

  const rows = <Row extends object>(text: string, values: readonly unknown[] = []) =>
    queryRows<Row>(installation.databaseUrl, text, values)
  const verifyAt = (base: string, pin: string, caller?: string, id = box.id) =>
    request(`${base}${CONFD}/voicemails/${id}/pin/verify`, {
      method: 'POST',
      token: tenant.admin.token,
      body: JSON.stringify({ pin, ...(caller === undefined ? {} : { caller }) }),
    })
  const verify = async (pin: string, caller?: string, id = box.id) =>
    (await verifyAt(installation.url, pin, caller, id)).json as Verdict
  const wrong = async (times: number, caller?: string, id = box.id) => {
    const verdicts: Verdict[] = []
    for (let n = 0; n < times; n++) verdicts.push(await verify(`83047${n + 3}9`, caller, id))
    return verdicts
  }
  const setPin = (password: string | null, id = box.id) =>
    tenant.admin.call('PUT', `${CONFD}/voicemails/${id}`, { password })
  const unlock = (query = '', id = box.id) => tenant.admin.call('DELETE', `${CONFD}/voicemails/${id}/pin/lock${query}`)
  const locked = { verified: false, reason: 'locked', retry_after_s: expect.any(Number) }
  /** Lets time pass for the counters of this tenant. */
  const pass = (minutes: number) =>
    rows(
      `UPDATE pin_failure SET updated_at = updated_at - make_interval(mins => $2),
         locked_until = locked_until - make_interval(mins => $2) WHERE tenant_uuid = $1`,
      [tenant.uuid, minutes],
    )

  describe('are checked', () => {
    it('the right one opens, a wrong one does not', async () => {
      expect(await verify(GOOD)).toEqual({ verified: true })
      expect(await verify('830473')).toEqual({ verified: false, reason: 'wrong' })
    })

    it('S2, S9: without a PIN nothing opens, not even with nothing', async () => {
      const bare = await installation.mailbox(tenant)
      for (const pin of ['', '0000', 'null'])
        expect(await verify(pin, undefined, bare.id)).toEqual({ verified: false, reason: 'none-set' })
      await setPin(null)
      expect(await verify(GOOD)).toEqual({ verified: false, reason: 'none-set' })
    })

    it('S9: the schema has no empty and no plain credential', async () => {
      for (const hash of ['', GOOD])
        await expect(rows('UPDATE mailbox SET pin_hash = $2 WHERE id = $1', [box.id, hash])).rejects.toThrow('check')
      for (const password of ['', ' ', 'abc', '12 34']) await expect(setPin(password), password).rejects.toThrow('400')
    })

    it('S10: a PIN is no password of the API', async () => {
      const basic = Buffer.from(`${box.number}:${GOOD}`).toString('base64')
      const { status } = await request(`${installation.url}/api/auth/0.1/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}` },
        body: '{}',
      })
      expect(status).toBe(401)
    })

    it('by who holds the access, in mailboxes in scope, with a PIN in the body', async () => {
      const user = await installation.account(tenant.uuid)
      const at = `${installation.url}${CONFD}/voicemails/${box.id}/pin`
      const body = JSON.stringify({ pin: GOOD })
      expect((await request(`${at}/verify`, { method: 'POST', token: user.api.token, body })).status).toBe(401)
      expect((await request(`${at}/lock`, { method: 'DELETE', token: user.api.token })).status).toBe(401)
      const other = await installation.tenant()
      expect((await request(`${at}/verify`, { method: 'POST', token: other.admin.token, body })).status).toBe(404)
      expect((await request(`${at}/lock`, { method: 'DELETE', token: other.admin.token })).status).toBe(404)
      for (const bad of ['{}', '{"pin": null}', '{"pin": 830472}', JSON.stringify({ pin: '1'.repeat(2000) })])
        expect((await request(`${at}/verify`, { method: 'POST', token: tenant.admin.token, body: bad })).status).toBe(
          400,
        )
    })
  })

  describe('S2: a PIN that fails the policy', () => {
    it.each(['123456', '111111', '121212', '147258', '1234', '198455', '310585'])(
      'is taken by REST as the contract says, and opens nothing until it is changed: %s',
      async (weak) => {
        await setPin(weak)
        expect(await verify(weak)).toEqual({ verified: false, reason: 'weak' })
        await setPin('926408')
        expect(await verify('926408')).toEqual({ verified: true })
      },
    )

    it('is what the mailbox is called, forwards, backwards and padded', async () => {
      const named = await installation.mailbox(tenant, { number: `82${installation.nextNumber()}`, password: '9' })
      for (const pin of [
        named.number,
        [...named.number].reverse().join(''),
        `00${named.number}`,
        `${named.number}99`,
      ]) {
        await setPin(pin, named.id)
        expect(await verify(pin, undefined, named.id), pin).toEqual({ verified: false, reason: 'weak' })
      }
    })

    it('becomes what it is when the mailbox is renumbered', async () => {
      await tenant.admin.call('PUT', `${CONFD}/voicemails/${box.id}`, { number: GOOD })
      expect(await verify(GOOD)).toMatchObject({ reason: 'weak' })
    })

    it('is shorter than the tenant wants', async () => {
      await setPin('8305')
      expect(await verify('8305')).toMatchObject({ reason: 'weak' })
      await rows('UPDATE tenant SET pin_min_length = 4 WHERE uuid = $1', [tenant.uuid])
      expect(await verify('8305')).toEqual({ verified: true })
    })

    it('is one of the last five, but not the sixth before, nor the very same again', async () => {
      const pins = ['926408', '507163', '740962', '619048', '853207']
      for (const pin of pins) await setPin(pin)
      await setPin('853207')
      expect(await verify('853207')).toEqual({ verified: true })
      await setPin(GOOD)
      expect(await verify(GOOD)).toEqual({ verified: false, reason: 'weak' })
      await setPin('295730')
      await setPin('926408')
      expect(await verify('926408')).toMatchObject({ verified: true })
      const [kept] = await rows<{ count: number }>('SELECT count(*)::int FROM pin_history WHERE mailbox_id = $1', [
        box.id,
      ])
      expect(kept?.count).toBe(5)
    })

    it('does not count as a wrong one, and does not clear them', async () => {
      await setPin('123456')
      await wrong(4)
      for (let n = 0; n < 6; n++) expect(await verify('123456')).toEqual({ verified: false, reason: 'weak' })
      expect(await wrong(1)).toEqual([{ verified: false, reason: 'wrong', retry_after_s: expect.any(Number) }])
      expect(await verify('123456')).toEqual(locked)
    })
  })

  describe('S1: five wrong ones lock', () => {
    it('the mailbox for 15 minutes, also for the right PIN, whoever calls', async () => {
      const verdicts = [...(await wrong(3, '100')), ...(await wrong(2, '200'))]
      expect(verdicts.map(({ reason }) => reason)).toEqual(Array(5).fill('wrong'))
      const sixth = await verify(GOOD, '300')
      expect(sixth).toEqual(locked)
      expect(sixth.retry_after_s).toBeGreaterThan(14 * 60)
      expect(sixth.retry_after_s).toBeLessThanOrEqual(15 * 60)
    })

    it('the caller in every mailbox of the tenant, however the number is written', async () => {
      const other = await installation.mailbox(tenant, { password: GOOD })
      await wrong(3, '+1 555 0100')
      await wrong(2, '(1) 555-0100', other.id)
      const third = await installation.mailbox(tenant, { password: GOOD })
      expect(await verify(GOOD, '15550100', third.id)).toEqual(locked)
      expect(await verify(GOOD, '15550101', third.id)).toEqual({ verified: true })
    })

    it('not a caller whose number is not known', async () => {
      const other = await installation.mailbox(tenant, { password: GOOD })
      await wrong(4, '')
      await wrong(4, '', other.id)
      expect(await verify(GOOD, '')).toEqual({ verified: true })
    })

    it('the tenant after a hundred, in whichever mailboxes, and no other tenant', async () => {
      await wrong(1, '1')
      await rows("UPDATE pin_failure SET failures = 98 WHERE tenant_uuid = $1 AND subject = 'tenant'", [tenant.uuid])
      const other = await installation.mailbox(tenant, { password: GOOD })
      expect(await wrong(2, '2', other.id)).toMatchObject([{ reason: 'wrong' }, { retry_after_s: expect.any(Number) }])
      const third = await installation.mailbox(tenant, { password: GOOD })
      expect(await verify(GOOD, '3', third.id)).toEqual(locked)
      tenant = await installation.tenant()
      const foreign = await installation.mailbox(tenant, { password: GOOD })
      expect(await verify(GOOD, '3', foreign.id)).toEqual({ verified: true })
    })

    it('and the right PIN before that clears the mailbox, but not what the caller did elsewhere', async () => {
      const victim = await installation.mailbox(tenant, { password: GOOD })
      await wrong(4, '100', victim.id)
      expect(await verify(GOOD, '100')).toEqual({ verified: true })
      await wrong(1, '100', victim.id)
      expect(await verify(GOOD, '100')).toEqual(locked)
      expect(await verify(GOOD, '200')).toEqual({ verified: true })
      await wrong(4, '300')
      expect(await verify(GOOD, '200')).toEqual({ verified: true })
      expect(await wrong(4, '400')).toEqual(Array(4).fill({ verified: false, reason: 'wrong' }))
    })

    it('twice as long each time, and again after a quiet day from the beginning', async () => {
      const minutes: number[] = []
      for (let n = 0; n < 3; n++) {
        const last = (await wrong(5)).at(-1)?.retry_after_s ?? 0
        minutes.push(Math.round(last / 60))
        await pass(last / 60 + 1)
      }
      expect(minutes).toEqual([15, 30, 60])
      await pass(25 * 60)
      expect(Math.round(((await wrong(5)).at(-1)?.retry_after_s ?? 0) / 60)).toBe(15)
    })

    it('no longer than they say', async () => {
      await wrong(5)
      await pass(14)
      expect(await verify(GOOD)).toEqual(locked)
      await pass(2)
      expect(await verify(GOOD)).toEqual({ verified: true })
    })

    it('a flood of digits is one try, and no PIN', async () => {
      const flood = Array.from({ length: 100 }, (_, n) => `${String(n).padStart(4, '0')}#`).join('')
      for (const pin of [flood, `${GOOD}#`, `0#${GOOD}`, ` ${GOOD}`, `${GOOD}\n`])
        expect((await verify(pin)).reason).toBe('wrong')
      expect(await verify(GOOD)).toEqual(locked)
    })

    it('of 40 guesses at once five are looked at, with the right one among them or not', async () => {
      const guesses = Array.from({ length: 40 }, (_, n) => verify(`9264${n + 10}`, `5${n}`))
      const reasons = (await Promise.all(guesses)).map(({ reason }) => reason)
      expect(reasons.filter((reason) => reason === 'wrong')).toHaveLength(5)
      expect(reasons.filter((reason) => reason === 'locked')).toHaveLength(35)
      const right = await Promise.all(Array.from({ length: 10 }, () => verify(GOOD)))
      expect(right).toEqual(Array(10).fill(locked))
    })

    it('in all processes, and across a restart', async () => {
      await wrong(3)
      const another = await installation.another({})
      for (const pin of ['830479', '830478']) await verifyAt(another.url, pin)
      expect((await verifyAt(another.url, GOOD)).json).toEqual(locked)
      expect(await verify(GOOD)).toEqual(locked)
      await another.lamplighter.stop()
    })
  })

  describe('a lock', () => {
    type Said = { locked: string; caller: string | null; voicemail_id: number; locked_until: string }
    const events = async () =>
      (
        await rows<{ body: string }>(
          "SELECT body FROM event WHERE tenant_uuid = $1 AND name = 'voicemail_pin_locked' ORDER BY id",
          [tenant.uuid],
        )
      ).map(({ body }) => JSON.parse(body).data as Said)
    const audited = () =>
      rows<{ action: string; details: object }>(
        "SELECT action, details FROM audit WHERE tenant_uuid = $1 AND action LIKE 'pin.%' ORDER BY id",
        [tenant.uuid],
      )

    it('is said and audited once, for each subject it holds for', async () => {
      await wrong(8, '100')
      const facts = { caller: '100', locked_until: expect.stringMatching(/Z$/) }
      const subjects = (await events()).map((said) => said.locked).sort()
      expect(subjects).toEqual(['caller', 'mailbox'])
      expect(await events()).toContainEqual({ voicemail_id: box.id, locked: 'mailbox', ...facts })
      expect(await audited()).toHaveLength(2)
      expect(await audited()).toContainEqual({ action: 'pin.locked', details: { locked: 'mailbox', ...facts } })
    })

    it('is not said for what turned out to be right', async () => {
      await wrong(4, '100')
      expect(await verify(GOOD, '100')).toEqual({ verified: true })
      expect(await events()).toEqual([])
      expect(await wrong(1, '100')).toEqual([{ verified: false, reason: 'wrong', retry_after_s: expect.any(Number) }])
    })

    it('is ended by an administrator, who is audited: the mailbox’s, the caller’s and the tenant’s when asked', async () => {
      await wrong(5, '100')
      await unlock()
      expect(await verify(GOOD, '100')).toEqual(locked)
      expect(await verify(GOOD, '200')).toEqual({ verified: true })
      await unlock('?caller=100')
      expect(await verify(GOOD, '100')).toEqual({ verified: true })
      await rows(
        "UPDATE pin_failure SET locks = 1, locked_until = now() + interval '1 hour' WHERE tenant_uuid = $1 AND subject = 'tenant'",
        [tenant.uuid],
      )
      await unlock()
      expect(await verify(GOOD)).toEqual(locked)
      await unlock('?tenant=true')
      expect(await verify(GOOD)).toEqual({ verified: true })
      const unlocked = (await audited()).filter(({ action }) => action === 'pin.unlocked')
      expect(unlocked).toHaveLength(3)
    })

    it('ending none is 204, too, and says nothing', async () => {
      await unlock()
      expect(await audited()).toEqual([])
    })
  })

  it('a change of the PIN is audited, one that changes nothing is not', async () => {
    for (const password of ['926408', '926408', '********']) await setPin(password)
    const entries = await rows('SELECT action FROM audit WHERE mailbox_id = $1', [box.id])
    expect(entries.filter((entry) => (entry as { action: string }).action === 'pin.changed')).toHaveLength(1)
  })

  it('S8, F-36: a PIN is in no log, answer, event, audit entry or column, whatever is done with it', async () => {
    const [canary, second, tried] = ['7305928461', '9164072853', '5092837164']
    const owner: Person = await installation.account(tenant.uuid)
    const mailbox = await installation.mailbox(tenant, { password: canary }, [owner])
    const at = `${CONFD}/voicemails/${mailbox.id}`
    const answers: string[] = []
    const send = async (method: string, path: string, body: unknown) => {
      const init = {
        method,
        token: tenant.admin.token,
        body: JSON.stringify(body),
        headers: { 'idempotency-key': 'k1' },
      }
      answers.push((await request(installation.url + path, init)).text)
    }
    await send('POST', `${CONFD}/voicemails`, {
      name: 'b',
      number: installation.nextNumber(),
      context: tenant.context,
      password: second,
    })
    await send('PUT', at, { password: second })
    await send('PUT', at, { password: `${canary}x` })
    await send('PUT', at, { password: [canary] })
    for (const pin of [canary, second, tried, tried, tried, tried, tried, `${tried}#${canary}`]) {
      await send('POST', `${at}/pin/verify`, { pin, caller: '100' })
      await send('POST', `${at}/pin/verify`, { pin: { pin }, caller: '100' })
    }
    await tenant.admin.deposit(mailbox.id, wav(), {})
    answers.push(JSON.stringify(await tenant.admin.call('GET', at)))
    const tables = await rows<{ name: string }>(
      "SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
    )
    const dump: string[] = []
    for (const { name } of tables) {
      for (const { text } of await rows<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)) dump.push(text)
    }
    const everything = [...lines, ...answers, ...dump].join('\n')
    expect(everything).toContain('voicemail_pin_locked')
    for (const pin of [canary, second, tried]) expect(everything.includes(pin), pin).toBe(false)
  })
})
