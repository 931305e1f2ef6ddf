import { randomUUID } from 'node:crypto'
import type { TenantId } from '@lamplighter/domain'
import { waitFor } from '@lamplighter/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Identity, type RawClient, StreamReader, TestGateway } from './support.js'

/** Something that is waited for until it is let go. */
function hold() {
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  return { held, letGo: () => letGo() }
}

describe('what happens at the same moment', () => {
  let gateway: TestGateway
  let watcher: RawClient
  beforeEach(async () => {
    gateway = await TestGateway.start({ recheckIntervalMs: 60_000, socketsPerUser: 3 })
    watcher = await gateway.started()
  })
  afterEach(() => gateway.stop())

  /** What authd says; it was dispatched when this resolves. */
  const say = (name: string, data: object) =>
    gateway.publishAndSettle([watcher], gateway.foreign({ required_acl: 'x' }, name, JSON.stringify({ name, data })))
  /** Long enough for what was asked to wait where it is held. */
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50))
  const follow = async ({ token }: Identity, headers: Record<string, string> = {}, query = '') => {
    const reader = new StreamReader()
    await reader.open(`${gateway.base}/api/events${query}`, { 'x-auth-token': token, ...headers })
    return reader
  }

  it('a token that is renewed while its session is looked up again stays, with the rights of the new one', async () => {
    const client = await gateway.started({ acl: ['websocketd'] })
    const renewed = gateway.login({ userId: client.userId })
    const { held, letGo } = hold()
    gateway.slow.sessions = held
    await say('auth_user_rights_changed', { user_uuid: client.userId })
    delete gateway.slow.sessions
    client.command('token', { token: renewed.token })
    await client.frame(0)
    client.frames.length = 0
    gateway.sessions.delete(client.sessionId)
    letGo()
    await pause()
    expect(client.closed).toBeUndefined()
    client.frames.length = 0
    expect((await gateway.publishAndSettle([client], gateway.foreign({ 'user_uuid:*': true })))[0]).toHaveLength(1)
    client.leave()
  })

  it('a stream of another tenant stays there when the rights behind it change', async () => {
    gateway.coversAll = true
    const there = randomUUID() as TenantId
    const master = gateway.login({ master: true, admin: true, acl: ['websocketd', 'events.#'] })
    const reader = await follow(master, { 'wazo-tenant': there })
    await waitFor(() => reader.events.length === 1, { what: 'init' })
    const record = gateway.sessions.get(master.sessionId)
    if (record) gateway.sessions.set(master.sessionId, { ...record, acl: ['websocketd', 'events.#', 'x'] })
    await say('auth_user_rights_changed', { user_uuid: master.userId })
    await pause()
    await gateway.say(...gateway.numbered(1, 1), ...gateway.numbered(2, 2, there))
    await waitFor(() => reader.numbers.includes(2), { what: 'the event of the tenant' })
    expect(reader.numbers).toEqual([2])
    reader.leave()
  })

  it('rights of a stream of another tenant are those its own tenant’s policies give', async () => {
    gateway.coversAll = true
    const admin = gateway.login({ admin: true })
    const reader = await follow(admin, { 'wazo-tenant': randomUUID() })
    await waitFor(() => reader.events.length === 1, { what: 'init' })
    const record = gateway.sessions.get(admin.sessionId)
    if (record) gateway.sessions.set(admin.sessionId, { ...record, acl: ['events.#'] })
    await say('auth_policy_changed', { tenant_uuid: gateway.tenant })
    await waitFor(() => reader.ended, { what: 'the end of who may not use the gateway any more' })
  })
})
