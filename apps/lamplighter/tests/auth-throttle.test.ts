import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthBench } from './auth-support.js'
import { type Tenant, TestInstallation } from './support.js'

describe('guessing passwords (users.md S1, S21)', () => {
  let installation: TestInstallation
  let auth: AuthBench
  let tenant: Tenant

  beforeAll(async () => {
    installation = await TestInstallation.start()
    auth = await AuthBench.open(installation)
    tenant = await installation.tenant()
  })
  afterAll(async () => {
    await auth.close()
    await installation.stop()
  })

  const guess = async (username: string) => (await auth.logIn(username, { password: 'wrong' })).status
  const guessMany = async (username: string, times: number) => {
    const statuses: number[] = []
    for (let count = 0; count < times; count++) statuses.push(await guess(username))
    return statuses
  }
  const endPauses = () => auth.sql('UPDATE login_throttle SET blocked_until = now()')

  it('right passwords at one moment are no guesses: fewer than ten of them all get in, again and again', async () => {
    const { username } = await installation.account(tenant.uuid)
    for (let round = 0; round < 8; round++) {
      const logins = await Promise.all(
        Array.from({ length: 8 }, () => auth.logIn(username, { password: 'a password' })),
      )
      expect(logins.map(({ status }) => status)).toEqual(Array(8).fill(200))
    }
  })

  it('S1 [B]: after ten failures even the right password waits, 429 E3; after the pause it works and all is forgotten', async () => {
    const { username } = await installation.account(tenant.uuid)
    expect(await guessMany(username, 10)).toEqual(Array.from({ length: 10 }, () => 401))
    const { status, json } = await auth.logIn(username)
    expect([status, json]).toEqual([
      429,
      { reason: [expect.any(String)], timestamp: [expect.any(Number)], status_code: 429 },
    ])
    await expect.poll(async () => (await auth.logIn(username)).status, { timeout: 5000, interval: 200 }).toBe(200)
    expect(await guessMany(username, 10)).toEqual(Array.from({ length: 10 }, () => 401))
  })

  it('S1 [B]: pauses double with each further failure, up to a quarter of an hour', async () => {
    const { username, uuid } = await installation.account(tenant.uuid)
    await guessMany(username, 10)
    const pauses: number[] = []
    for (let count = 0; count < 12; count++) {
      const [row] = await auth.sql<{ pause: number }>(
        'SELECT round(extract(epoch FROM blocked_until - failed_at))::int AS pause FROM login_throttle WHERE key = $1',
        [`account:${uuid}`],
      )
      pauses.push(row?.pause ?? -1)
      await endPauses()
      await guess(username)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
  })

  it('S1 [B]: failures fade, one in a quarter of an hour', async () => {
    const { username, uuid } = await installation.account(tenant.uuid)
    await guessMany(username, 10)
    await auth.sql(
      `UPDATE login_throttle SET blocked_until = now(), failed_at = now() - interval '46 minutes' WHERE key = $1`,
      [`account:${uuid}`],
    )
    expect(await guessMany(username, 3)).toEqual([401, 401, 401])
    expect(await guess(username)).toBe(429)
  })

  it('S1 [B]: sixty guesses at once are bounded like sixty in a row', async () => {
    const { username } = await installation.account(tenant.uuid)
    const statuses = await Promise.all(Array.from({ length: 60 }, () => guess(username)))
    // The first pause is a second; a slow machine may let one or two more in after it.
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(13)
  })

  it('S1 [B]: a name nobody has is bounded like an account, in whatever case', async () => {
    const name = `Nobody-${randomUUID()}`
    await guessMany(name, 10)
    expect(await guess(name.toUpperCase())).toBe(429)
  })

  it('S1 [B]: another account is not concerned, and the count holds in every process', async () => {
    const [guessed, other] = [await installation.account(tenant.uuid), await installation.account(tenant.uuid)]
    await guessMany(guessed.username, 10)
    expect((await auth.logIn(other.username)).status).toBe(200)
    const another = await installation.another({})
    const bench = await AuthBench.open(another)
    await auth.sql(`UPDATE login_throttle SET blocked_until = now() + interval '1 minute' WHERE key = $1`, [
      `account:${guessed.uuid}`,
    ])
    expect((await bench.logIn(guessed.username)).status).toBe(429)
    await bench.close()
    await another.lamplighter.stop()
    await endPauses()
  })

  it('S21 [B]: an address that failed a hundred times waits, whatever account it tries; a success is no failure', async () => {
    await auth.sql(`DELETE FROM login_throttle`)
    const { username } = await installation.account(tenant.uuid)
    expect((await auth.logIn(username)).status).toBe(200)
    expect(await auth.sql(`SELECT 1 FROM login_throttle`)).toEqual([])
    await guess(username)
    await auth.sql(`UPDATE login_throttle SET failures = 99 WHERE key LIKE 'address:%'`)
    await guess(`nobody-${randomUUID()}`)
    expect((await auth.logIn(username)).status).toBe(429)
    await expect.poll(async () => (await auth.logIn(username)).status, { timeout: 5000, interval: 200 }).toBe(200)
  })
})
