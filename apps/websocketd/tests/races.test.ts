import { randomUUID } from 'node:crypto'
import type { TenantId } from '@lamplighter/domain'
import { waitFor } from '@lamplighter/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Identity, numbersOf, type RawClient, range, StreamReader, TestGateway } from './support.js'

const EXPIRED = { code: 4003, reason: 'authentication expired' }

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
  const loggedOut = ({ sessionId }: Identity) => {
    gateway.sessions.delete(sessionId)
    return say('auth_session_deleted', { uuid: sessionId })
  }
  const follow = async ({ token }: Identity, headers: Record<string, string> = {}) => {
    const reader = new StreamReader()
    await reader.open(`${gateway.base}/api/events`, { 'x-auth-token': token, ...headers })
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
    await waitFor(() => client.frames.some((frame) => frame.includes('"op":"token"')), { what: 'the renewal' })
    gateway.sessions.delete(client.sessionId)
    letGo()
    await pause()
    expect(client.closed).toBeUndefined()
    client.frames.length = 0
    expect((await gateway.publishAndSettle([client], gateway.foreign({ 'user_uuid:*': true })))[0]).toHaveLength(1)
    client.leave()
  })

  it.each([1, 2, 3])('a session that ends during the handshake of version %d is closed 4003', async (version) => {
    const identity = gateway.login()
    const { held, letGo } = hold()
    gateway.slow.sessions = held
    const client = gateway.open(identity.token, `version=${version}`)
    await waitFor(() => client.socket.readyState === client.socket.OPEN, { what: 'the upgrade' })
    await pause()
    await loggedOut(identity)
    letGo()
    expect(await client.end()).toEqual(EXPIRED)
  })

  it('a session that ends while a socket changes over to it closes 4003', async () => {
    const client = await gateway.started()
    const renewed = gateway.login({ userId: client.userId })
    const { held, letGo } = hold()
    gateway.slow.sessions = held
    client.command('token', { token: renewed.token })
    await pause()
    await loggedOut(renewed)
    letGo()
    expect(await client.end()).toEqual(EXPIRED)
  })

  it('a stream whose session ends while it begins ends', async () => {
    const identity = gateway.login()
    const { held, letGo } = hold()
    gateway.slow.sessions = held
    const reader = follow(identity)
    await pause()
    await loggedOut(identity)
    letGo()
    await waitFor(async () => (await reader).ended, { what: 'the end' })
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

  it('a client that leaves during the handshake leaves no place taken', async () => {
    const identity = gateway.login()
    const { held, letGo } = hold()
    gateway.slow.log = held
    const gone = range(1, 3).map(() => gateway.open(identity.token, 'version=3'))
    await waitFor(() => gone.every(({ socket }) => socket.readyState === socket.OPEN), { what: 'the upgrades' })
    await pause()
    for (const client of gone) client.leave()
    await pause()
    delete gateway.slow.log
    letGo()
    await waitFor(
      async () => {
        const client = gateway.open(identity.token, 'version=2')
        const answer = await Promise.race([client.frame(0), client.end()])
        client.leave()
        return typeof answer === 'string'
      },
      { what: 'room for one more' },
    )
  })

  it('many sockets that open at once are no more than the user may have', async () => {
    const { token } = gateway.login()
    const { held, letGo } = hold()
    gateway.slow.sessions = held
    const clients = range(1, 12).map((_, i) => gateway.open(token, `version=${(i % 3) + 1}`))
    await waitFor(() => clients.every(({ socket }) => socket.readyState === socket.OPEN), { what: 'the upgrades' })
    await pause()
    delete gateway.slow.sessions
    letGo()
    await waitFor(() => clients.every(({ frames, closed }) => frames.length > 0 || closed), { what: 'the answers' })
    expect(clients.filter(({ closed }) => !closed)).toHaveLength(3)
    for (const client of clients) client.leave()
  })

  it.each([
    ['auth_user_rights_changed', ({ userId }: Identity) => ({ user_uuid: userId })],
    ['auth_policy_changed', () => ({ tenant_uuid: gateway.tenant })],
  ])('rights that are taken away (%s) withhold the very next event', async (name, data) => {
    const client = await gateway.started()
    const record = gateway.sessions.get(client.sessionId)
    if (record) gateway.sessions.set(client.sessionId, { ...record, acl: ['websocketd', '!events.thing', 'events.#'] })
    const changed = gateway.foreign({ required_acl: 'x' }, name, JSON.stringify({ name, data: data(client) }))
    const [[...frames] = []] = await gateway.publishAndSettle(
      [client],
      gateway.foreign({ 'user_uuid:*': true }, 'before'),
      changed,
      gateway.foreign({ 'user_uuid:*': true }, 'after'),
    )
    expect(frames.map((frame) => (JSON.parse(frame) as { data: { name: string } }).data.name)).toEqual(['before'])
    client.leave()
  })

  it('rights that cannot be made out end who has them, and nobody else, and the others are looked at', async () => {
    const [broken, other] = [await gateway.started(), await gateway.started()]
    const [worse, fewer] = [broken, other].map(({ sessionId }) => gateway.sessions.get(sessionId))
    if (worse) gateway.sessions.set(broken.sessionId, { ...worse, acl: ['websocketd', 'x'.repeat(300)] })
    if (fewer) gateway.sessions.set(other.sessionId, { ...fewer, acl: ['websocketd'] })
    await say('auth_policy_changed', { tenant_uuid: gateway.tenant })
    expect(await broken.end()).toEqual(EXPIRED)
    other.frames.length = 0
    expect(await gateway.publishAndSettle([other], gateway.foreign({ 'user_uuid:*': true }))).toEqual([[]])
    other.leave()
  })

  it('a store that hangs while rights are looked up keeps events from nobody for long', async () => {
    const client = await gateway.started()
    const { held, letGo } = hold()
    gateway.slow.sessions = held
    const startedAt = Date.now()
    await say('auth_user_rights_changed', { user_uuid: client.userId })
    expect(Date.now() - startedAt).toBeLessThan(2000)
    delete gateway.slow.sessions
    letGo()
    client.leave()
  })

  it('what was held during a resume is judged by the rights at its end', async () => {
    const client = gateway.open('', 'version=3')
    await waitFor(() => client.socket.readyState === client.socket.OPEN, { what: 'the upgrade' })
    const identity = gateway.login()
    client.command('token', { token: identity.token })
    const { cursor = '' } = (await client.read(0)).data as { cursor?: string }
    client.command('subscribe', { event_name: '*' })
    client.command('resume', { cursor })
    await client.frame(1)
    const { held, letGo } = hold()
    gateway.slow.log = held
    client.command('start')
    await client.frame(2)
    const secret = { 'user_uuid:*': true, required_acl: 'events.secret' }
    await gateway.publishAndSettle([watcher], gateway.foreign(secret, 'secret_said'))
    const record = gateway.sessions.get(identity.sessionId)
    if (record)
      gateway.sessions.set(identity.sessionId, { ...record, acl: ['websocketd', 'events.#', '!events.secret'] })
    await say('auth_user_rights_changed', { user_uuid: identity.userId })
    await pause()
    delete gateway.slow.log
    letGo()
    await waitFor(() => client.parsed.some(({ op }) => op === 'resume'), { what: 'the end of the resume' })
    await gateway.say(...gateway.numbered(1, 1))
    await waitFor(() => client.events.includes('voicemail_created'), { what: 'the present' })
    expect(client.events).not.toContain('secret_said')
    client.leave()
  })

  it('unsubscribe and a new token while a resume runs wait for its end', async () => {
    await gateway.say(...gateway.numbered(1, 5))
    const identity = gateway.login()
    const client = gateway.open(identity.token, 'version=3')
    const { cursor = '' } = (await client.read(0)).data as { cursor?: string }
    await gateway.say(...gateway.numbered(6, 9))
    const { held, letGo } = hold()
    client.command('subscribe', { event_name: 'voicemail_*' })
    client.command('resume', { cursor })
    await client.frame(1)
    gateway.slow.log = held
    client.command('start')
    client.command('unsubscribe', { event_name: 'voicemail_*' })
    client.command('token', { token: gateway.login({ userId: identity.userId }).token })
    await client.frame(2)
    await gateway.say(...gateway.numbered(10, 11))
    delete gateway.slow.log
    letGo()
    await waitFor(() => client.parsed.some(({ op }) => op === 'token'), { what: 'the last answer' })
    expect(numbersOf(client)).toEqual(range(6, 11))
    const ops = client.parsed.map(({ op }) => op).filter((op) => op !== 'event')
    expect(ops).toEqual(['init', 'subscribe', 'start', 'resume', 'unsubscribe', 'token'])
    client.leave()
  })
})
