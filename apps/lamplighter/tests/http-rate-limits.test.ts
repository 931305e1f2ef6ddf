import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request, type Tenant, TestInstallation, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const LIMITS = 'address=20/40,login=1/40,token=1/8,media=1/3,tenant=2/12'

describe('rate limits', () => {
  let installation: TestInstallation
  let other: Tenant
  let lastAddress = 0

  beforeAll(async () => {
    installation = await TestInstallation.start({ LAMPLIGHTER_RATE_LIMITS: LIMITS })
    other = await installation.tenant()
  })
  afterAll(() => installation.stop())

  /** A client address nobody else uses; the test speaks as the proxy in front. */
  const newAddress = () => ({ 'x-forwarded-for': `192.0.2.${++lastAddress}` })
  const get = (path: string, token: string | undefined, from = newAddress()) =>
    request(installation.url + path, { token, headers: from })
  const many = <T>(times: number, work: () => Promise<T>) => Promise.all(Array.from({ length: times }, work))
  const countOf = (answers: { status: number }[], status: number) =>
    answers.filter((answer) => answer.status === status).length
  const member = async (of: Tenant) => (await installation.accountWith(of.uuid, ['#'])).api.token

  it('S21 [B]: hold a token to its bucket, say how much is left, and when to come again', async () => {
    const token = await member(await installation.tenant())
    const answers = await many(12, () => get(`${CONFD}/status`, token))
    expect(countOf(answers, 200)).toBeGreaterThanOrEqual(8)
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.json).toEqual([expect.stringContaining('too many requests')])
    const header = (name: string) => Number(refused?.headers.get(name))
    expect([header('ratelimit-limit'), header('ratelimit-remaining'), header('retry-after')]).toEqual([8, 0, 1])
    expect(header('ratelimit-reset')).toBeGreaterThanOrEqual(7)
    const left = answers.map(({ headers }) => Number(headers.get('ratelimit-remaining')))
    expect(Math.max(...left)).toBe(7)
  })

  it('S21 [B]: hold a tenant to its bucket, however many tokens it has; another tenant goes on', async () => {
    const flooded = await installation.tenant()
    const tokens = [await member(flooded), await member(flooded), await member(flooded)]
    const spared = await member(other)
    const flood = Promise.all(tokens.map((token) => many(8, () => get(`${CONFD}/status`, token))))
    const calm = await many(5, () => get(`${CONFD}/status`, spared))
    expect(countOf(calm, 200)).toBe(5)
    expect(countOf((await flood).flat(), 429)).toBeGreaterThanOrEqual(8)
  })

  it('S21 [B]: count audio apart: who may not listen for a while may list', async () => {
    const own = await installation.tenant()
    const token = await member(own)
    const audio = await many(5, () => get('/api/calld/1.0/voicemails/1/messages/a/recording', token))
    expect([countOf(audio, 404), countOf(audio, 429)]).toEqual([3, 2])
    expect(audio.find(({ status }) => status === 429)?.json).toMatchObject({
      error_id: 'too-many-requests',
      details: { limit: 'media' },
    })
    expect((await get('/api/calld/1.0/status', token)).status).toBe(200)
  })

  it('S21 [B]: hold logins from one address to a strict bucket; another address goes on', async () => {
    const from = newAddress()
    const logIn = (headers: Record<string, string>) =>
      request(`${installation.url}/api/auth/0.1/token`, { method: 'POST', headers, body: '{}' })
    const answers = await many(44, () => logIn(from))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.json).toMatchObject({ status_code: 429, reason: [expect.any(String)] })
    expect(countOf(answers, 401)).toBeGreaterThanOrEqual(40)
    expect((await logIn(newAddress())).status).toBe(401)
  })

  it('S21 [B]: hold one address to its bucket before any token is looked at, unknown paths too', async () => {
    const from = newAddress()
    const answers = await many(80, () => get(`${CONFD}/nowhere`, undefined, from))
    expect([countOf(answers, 404) >= 40, countOf(answers, 429) > 0]).toEqual([true, true])
    expect((await get(`${CONFD}/nowhere`, undefined)).status).toBe(404)
  })

  it('do not take the word of who is no trusted proxy for an address', async () => {
    const strict = await TestInstallation.start({
      LAMPLIGHTER_RATE_LIMITS: 'address=1/5',
      LAMPLIGHTER_TRUSTED_PROXIES: 'none',
    })
    const answers = await many(10, () => request(`${strict.url}${CONFD}/nowhere`, { headers: newAddress() }))
    await strict.stop()
    expect(countOf(answers, 429)).toBeGreaterThanOrEqual(4)
  })

  it('are off where they are set to 0: 200 calls, none refused, nothing said', async () => {
    const free = await TestInstallation.start()
    const own = await free.tenant()
    const box = await free.mailbox(own)
    await own.admin.deposit(box.id, wav(), {})
    const answers = await many(200, () => request(`${free.url}${CONFD}/status`, { token: own.admin.token }))
    await free.stop()
    expect(countOf(answers, 200)).toBe(200)
    expect(answers[0]?.headers.has('ratelimit-limit')).toBe(false)
  })

  it('S21 [B]: bound the work a flooding tenant makes, whatever it sends, while another one is served each time', async () => {
    const [loud, quiet] = [await member(await installation.tenant()), await member(await installation.tenant())]
    let flooding = true
    const statuses: number[] = []
    const startedAt = performance.now()
    const flood = many(20, async () => {
      while (flooding) statuses.push((await get(`${CONFD}/voicemails`, loud)).status)
    })
    for (let call = 0; call < 6; call++) expect((await get(`${CONFD}/voicemails`, quiet)).status).toBe(200)
    await waitFor(() => statuses.filter((status) => status === 429).length > 200, { what: 'the flood to be refused' })
    flooding = false
    await flood
    const elapsedSec = (performance.now() - startedAt) / 1000
    // The token's bucket: 8 at once, 1 a second.
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(8 + Math.ceil(elapsedSec))
    expect(new Set(statuses)).toEqual(new Set([200, 429]))
  })
})
