import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestGateway } from './support.js'

describe('bus.md 3.1 and 3.5, how the gateway closes', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start({ pingIntervalMs: 100, firstFrameMs: 200 })
  })
  afterAll(() => gateway.stop())

  it.each([
    ['4001 no token', () => '', 'version=2', { code: 4001, reason: 'no token' }],
    ['4002 an unknown token', () => 'x', 'version=2', { code: 4002, reason: 'authentication failed' }],
    [
      '4002 a token without access to the gateway',
      () => gateway.login({ acl: ['events.#', 'websocketd.#'] }).token,
      'version=2',
      { code: 4002, reason: 'authentication failed' },
    ],
    [
      '4002 an expired token',
      () => gateway.login({ expiresInMs: -1000 }).token,
      'version=2',
      { code: 4002, reason: 'authentication failed' },
    ],
    ['4004 version 4', () => gateway.login().token, 'version=4', { code: 4004, reason: '' }],
    ['4004 version 0, before any look at the token', () => '', 'version=0', { code: 4004, reason: '' }],
    ['1011 version undefined', () => gateway.login().token, 'version=undefined', { code: 1011, reason: '' }],
    ['1011 version 2.0, before any look at the token', () => '', 'version=2.0', { code: 1011, reason: '' }],
  ])('answers the upgrade and then closes: %s', async (_name, token, query, end) => {
    const client = gateway.open(token(), query)
    expect(await client.end()).toEqual(end)
    expect(client.frames).toEqual([])
  })

  it.each([
    ['a binary frame', Buffer.from('{"op":"start"}')],
    ['invalid JSON', 'x'],
    ['a root that is no object', '[]'],
    ['a missing op', '{}'],
    ['an op that is no text', '{"op":1}'],
    ['an unknown op', '{"op":"presence"}'],
    ['unsubscribe', '{"op":"unsubscribe","data":{"event_name":"x"}}'],
    ['resume', '{"op":"resume","data":{"cursor":"x"}}'],
    ['missing data', '{"op":"subscribe"}'],
    ['data that is no object', '{"op":"subscribe","data":["event_name"]}'],
    ['a list of names', '{"op":"subscribe","data":{"event_name":["x"]}}'],
    ['a token that is no text', '{"op":"token","data":{"token":1}}'],
    ['a payload that is no text', '{"op":"ping","data":{"payload":1}}'],
  ])('4004 (empty) for %s, in both versions', async (_name, frame) => {
    for (const version of [1, 2]) {
      const client = gateway.open(gateway.login().token, `version=${version}`)
      await client.frame(0)
      client.send(frame)
      expect(await client.end()).toEqual({ code: 4004, reason: '' })
    }
  })

  it('[ran] 1009 for an incoming frame over 1 MiB, and not for one of exactly that', async () => {
    const client = gateway.open(gateway.login().token)
    await client.frame(0)
    const frame = `{"op":"ping","data":{"payload":""}}`
    client.send(frame.replace('""', `"${'x'.repeat(1024 * 1024 - frame.length)}"`))
    expect((await client.frame(1)).length).toBeGreaterThan(1024 * 1024 - 100)
    client.send('x'.repeat(1024 * 1024 + 1))
    expect((await client.end()).code).toBe(1009)
  })

  it('3.5: pings, and closes 1011 a socket that does not answer', async () => {
    const alive = gateway.open(gateway.login().token)
    const dead = gateway.open(gateway.login().token, 'version=2')
    dead.socket.pong = () => {}
    Object.assign(dead.socket, { _autoPong: false })
    expect(await dead.end()).toEqual({ code: 1011, reason: 'keepalive ping timeout' })
    expect(alive.closed).toBeUndefined()
    expect(alive.pings).toBeGreaterThan(0)
    alive.leave()
  })

  it('1001 for everybody when it stops, and 4001 for a version 3 socket that never brings a token', async () => {
    const silent = gateway.open('', 'version=3')
    expect(await silent.end()).toEqual({ code: 4001, reason: 'no token' })
    const own = await TestGateway.start()
    const clients = [own.open(own.login().token), own.open(own.login().token, 'version=3')]
    for (const client of clients) await client.frame(0)
    await own.stopGateway()
    for (const client of clients) expect((await client.end()).code).toBe(1001)
    await own.stop()
  })
})
