import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RawClient, TestGateway } from './support.js'

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
})
