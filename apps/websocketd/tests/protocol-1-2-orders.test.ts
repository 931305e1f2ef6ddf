import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestGateway } from './support.js'

const TO_ALL = { 'user_uuid:*': true } as const

describe('protocols 1 and 2 of the gateway, what comes when', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start()
  })
  afterAll(() => gateway.stop())

  it.each([1, 2])('3.3, 3.6: version %s: no event before the answer to start, however many happen', async (version) => {
    let happening = true
    const publishing = (async () => {
      while (happening) {
        await gateway.bus.publish([gateway.foreign(TO_ALL)])
        // Within one process publishing alone would leave the sockets no turn.
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    for (let round = 0; round < 20; round++) {
      const client = gateway.open(gateway.login().token, `version=${version}`)
      await client.frame(0)
      client.command('subscribe', { event_name: '*' })
      client.command('start')
      await client.frame(5)
      client.leave()
      const start = client.frames.indexOf('{"op":"start","code":0,"data":null}')
      const isEvent = (frame: string) => frame.includes('thing_happened')
      expect([start, client.frames.findIndex(isEvent)]).toEqual([2, 3])
    }
    happening = false
    await publishing
  })

  it('3.3: version 1 is silent about a subscription after start, and it counts', async () => {
    const client = await gateway.started({}, [], 'version=1')
    client.command('subscribe', { event_name: 'thing_happened' })
    client.command('start')
    expect(await client.frame(0)).toBe('{"op":"start","code":0,"data":null}')
    client.command('subscribe', { event_name: '*' })
    client.command('start')
    await client.frame(1)
    client.frames.length = 0
    const event = gateway.foreign(TO_ALL)
    expect(await gateway.publishAndSettle([client], event)).toEqual([[event.body]])
    client.leave()
  })

  it('3.3: whoever may not have an event may subscribe to it, and does not get it', async () => {
    const client = await gateway.started({ acl: ['websocketd'] }, ['*', 'thing_happened', 'no_such_event'])
    expect(await gateway.publishAndSettle([client], gateway.foreign(TO_ALL))).toEqual([[]])
    client.leave()
  })

  it('3.3: the empty access is covered by # and * only; services of the platform see their whole tenant', async () => {
    const clients = await Promise.all([
      gateway.started({ acl: ['websocketd', 'events.#'] }),
      gateway.started({ acl: ['#'] }),
      gateway.started({ acl: ['websocketd', '*'] }),
      gateway.started({ acl: ['#'], purpose: 'internal' }),
    ])
    const delivered = async (headers: Record<string, string | boolean>) =>
      (await gateway.publishAndSettle(clients, gateway.foreign(headers))).map((frames) => frames.length)
    expect(await delivered({ ...TO_ALL, required_acl: '' })).toEqual([0, 1, 1, 1])
    expect(await delivered({ 'user_uuid:x': true })).toEqual([0, 0, 0, 1])
    for (const client of clients) client.leave()
  })

  it('3.2: the empty text is a payload; answers follow the order of what was asked, before start too', async () => {
    const client = gateway.open(gateway.login().token)
    await client.frame(0)
    for (const payload of ['', 'a', 'b']) client.command('ping', { payload })
    client.command('start')
    client.command('ping', { payload: 'c' })
    await client.frame(5)
    const said = client.parsed.slice(1).map(({ op, data }) => (op === 'pong' ? data['payload'] : op))
    expect(said).toEqual(['', 'a', 'b', 'start', 'c'])
    client.leave()
  })
})
