import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthBench, type AuthList, type ResourceProblem } from './auth-support.js'
import { type Tenant, TestInstallation } from './support.js'

describe('creations of auth can be repeated', () => {
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

  const mark = randomUUID()
  it.each([
    ['/tenants', { name: mark }, { name: 'other' }],
    ['/users', { username: mark, password: 'a password' }, { username: mark, password: 'another password' }],
    ['/policies', { name: mark, acl: ['calld.x'] }, { name: mark, acl: ['calld.y'] }],
  ])('%s: one key makes one, also at once, and other content is 409', async (path, json, other) => {
    const { token } = tenant.admin
    const headers = { 'idempotency-key': randomUUID() }
    const send = (body: unknown) => auth.call('POST', path, { token, headers, json: body })
    const answers = await Promise.all([send(json), send(json), send(json)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(2)
    expect(new Set(answers.map((answer) => (answer.json as { uuid: string }).uuid)).size).toBe(1)
    const list = await auth.call('GET', `${path}?search=${mark}`, { token })
    expect((list.json as AuthList<unknown>).filtered).toBe(1)
    const conflict = await send(other)
    expect([conflict.status, (conflict.json as ResourceProblem).error_id]).toEqual([409, 'idempotency-key-conflict'])
  })

  it('keeps no password for it', async () => {
    const json = { username: randomUUID(), password: 'a very secret password' }
    const headers = { 'idempotency-key': randomUUID() }
    await auth.call('POST', '/users', { token: tenant.admin.token, headers, json })
    const rows = await auth.sql('SELECT * FROM idempotency_key WHERE key = $1', [headers['idempotency-key']])
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toMatch(/very secret|argon2/)
  })
})
