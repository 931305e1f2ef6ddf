import { randomUUID } from 'node:crypto'
import type { TenantId } from '@lamplighter/domain'
import { waitFor } from '@lamplighter/testing'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestGateway, tokenKey } from './support.js'

const FAILED = { code: 4002, reason: 'authentication failed' }
const EXPIRED = { code: 4003, reason: 'authentication expired' }

describe('bus.md 3.4 and 6.2, tokens of open sockets', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start({ recheckIntervalMs: 100 })
  })
  afterAll(() => gateway.stop())

  /** What authd says when a session ends or rights change. */
  const said = (name: string, data: object) =>
    gateway.foreign({ required_acl: 'events.auth' }, name, JSON.stringify({ name, data }))

  it('a new token of the same user takes over at once: its ACL judges, its expiry counts', async () => {
    const client = await gateway.started({ acl: ['websocketd'], expiresInMs: 700 })
    const renewed = gateway.login({ userId: client.userId, expiresInMs: 1500 })
    client.command('token', { token: renewed.token })
    expect(await client.frame(0)).toBe('{"op":"token","code":0,"data":null}')
    client.frames.length = 0
    expect((await gateway.publishAndSettle([client], gateway.foreign({ 'user_uuid:*': true })))[0]).toHaveLength(1)
    const startedAt = Date.now()
    expect(await client.end()).toEqual(EXPIRED)
    expect(Date.now() - startedAt).toBeGreaterThan(700)
  })

  it('row 15: op token for another user closes 4002', async () => {
    const client = await gateway.started()
    client.command('token', { token: gateway.login().token })
    expect(await client.end()).toEqual(FAILED)
  })

  it('row 15: op token for another tenant closes 4002, also of the same user', async () => {
    for (const version of [1, 2, 3]) {
      const client = await gateway.started({}, ['*'], `version=${version}`)
      const elsewhere = gateway.login({ userId: client.userId, tenantId: randomUUID() as TenantId })
      client.command('token', { token: elsewhere.token })
      expect(await client.end()).toEqual(FAILED)
    }
  })

  it('3.2: op token with an unknown token, or one without access, closes 4002', async () => {
    for (const token of ['', 'x']) {
      const client = await gateway.started()
      client.command('token', { token })
      expect(await client.end()).toEqual(FAILED)
    }
    const client = await gateway.started()
    client.command('token', { token: gateway.login({ userId: client.userId, acl: ['#.nothing'] }).token })
    expect(await client.end()).toEqual(FAILED)
  })

  it.each([
    ['without any id', {}],
    ['without a session', { sub: randomUUID(), tid: randomUUID() }],
    ['with a session that is no id', { sub: randomUUID(), tid: randomUUID(), sid: 'me' }],
  ])('flaw of 3.5: a token %s closes 4002, though its signature is ours', async (_name, claims) => {
    const token = jwt.sign(claims, tokenKey, { algorithm: 'HS256', issuer: 'lamplighter', expiresIn: 60 })
    expect(await gateway.open(token).end()).toEqual(FAILED)
  })

  it('[ran] the socket ends with its token', async () => {
    const startedAt = Date.now()
    const client = await gateway.started({ expiresInMs: 1200 })
    expect(await client.end()).toEqual(EXPIRED)
    expect(Date.now() - startedAt).toBeLessThan(1900)
  })

  it('row 14: a deleted session closes 4003 within a second, and only that one', async () => {
    const still = await TestGateway.start({ recheckIntervalMs: 60_000 })
    const [mine, same, other] = [await still.started(), await still.started(), await still.started()]
    const name = 'auth_session_deleted'
    const body = JSON.stringify({ name, data: { uuid: mine.sessionId, user_uuid: mine.userId } })
    const startedAt = Date.now()
    await still.bus.publish([still.foreign({}, name, body)])
    expect(await mine.end()).toEqual(EXPIRED)
    expect(Date.now() - startedAt).toBeLessThan(1000)
    expect([same.closed, other.closed]).toEqual([undefined, undefined])
    for (const client of [same, other]) client.leave()
    await still.stop()
  })

  it('row 14: a session that is gone without a word is found by the fall-back check', async () => {
    const client = await gateway.started()
    gateway.sessions.delete(client.sessionId)
    expect(await client.end()).toEqual(EXPIRED)
  })

  it.each([
    ['auth_user_rights_changed', ({ userId }: { userId: string }) => ({ user_uuid: userId })],
    ['auth_policy_changed', () => ({ tenant_uuid: gateway.tenant })],
  ])('row 33: rights that changed (%s) judge the next event', async (name, data) => {
    const client = await gateway.started({ acl: ['websocketd'] })
    expect((await gateway.publishAndSettle([client], gateway.foreign({ 'user_uuid:*': true })))[0]).toEqual([])
    const record = gateway.sessions.get(client.sessionId)
    if (record) gateway.sessions.set(client.sessionId, { ...record, acl: ['websocketd', 'events.#'] })
    await gateway.bus.publish([said(name, data(client))])
    await waitFor(
      async () => (await gateway.publishAndSettle([client], gateway.foreign({ 'user_uuid:*': true })))[0]?.length === 1,
      { what: 'the event' },
    )
    if (record) gateway.sessions.set(client.sessionId, { ...record, acl: ['events.#'] })
    await gateway.bus.publish([said(name, data(client))])
    expect(await client.end()).toEqual(EXPIRED)
  })

  it('row 16: sessions that cannot be looked up close nobody before the known expiry', async () => {
    const [long, short] = [await gateway.started(), await gateway.started({ expiresInMs: 900 })]
    gateway.authFails = true
    expect(await short.end()).toEqual(EXPIRED)
    expect(long.closed).toBeUndefined()
    gateway.authFails = false
    expect(await gateway.publishAndSettle([long])).toEqual([[]])
    long.leave()
  })

  it('row 16: while tokens cannot be checked a new socket is asked to come later, 1013, not told 4002', async () => {
    const identity = gateway.login()
    gateway.authFails = true
    const ends = await Promise.all([1, 2, 3].map((version) => gateway.open(identity.token, `version=${version}`).end()))
    gateway.authFails = false
    for (const end of ends) expect(end).toEqual({ code: 1013, reason: 'try again later' })
  })
})
