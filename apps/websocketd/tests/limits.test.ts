import { setTimeout as delay } from 'node:timers/promises'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawClient, range, TestGateway } from './support.js'

describe('limits of the gateway', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start({ socketsPerUser: 3, subscriptions: 5, firstFrameMs: 500 })
  })
  afterAll(() => gateway.stop())

  it('row 19: a client that reads too slowly is closed with 4008, and nobody else waits for it', async () => {
    const [slow, quick] = [await gateway.started(), await gateway.started()]
    slow.socket.pause()
    const body = JSON.stringify({ name: 'thing_happened', data: 'x'.repeat(200_000) })
    let sent = 0
    const send = async () => {
      await gateway.publishAndSettle([quick], gateway.foreign({ 'user_uuid:*': true }, 'thing_happened', body))
      return ++sent > 60
    }
    while (!(await send()));
    slow.socket.resume()
    expect(await slow.end()).toEqual({ code: 4008, reason: 'too slow' })
    expect(slow.frames.length).toBeLessThan(60)
    expect(quick.closed).toBeUndefined()
    quick.leave()
  })

  it('row 19: a thousand small events may wait for a client, and no more', async () => {
    const few = await TestGateway.start({ bufferedEvents: 50 })
    const [slow, quick] = [await few.started(), await few.started()]
    slow.socket.pause()
    const body = JSON.stringify({ name: 'thing_happened', data: 'x'.repeat(4000) })
    const many = Array.from({ length: 100 }, () => few.foreign({ 'user_uuid:*': true }, 'thing_happened', body))
    for (const _round of range(1, 40)) await few.publishAndSettle([quick], ...many)
    slow.socket.resume()
    expect(await slow.end()).toEqual({ code: 4008, reason: 'too slow' })
    quick.leave()
    await few.stop()
  })

  it('4029: a user has a limited number of sockets; another comes in when one left', async () => {
    const { token } = gateway.login()
    const open: RawClient[] = range(1, 3).map(() => gateway.open(token))
    for (const client of open) await client.frame(0)
    expect(await gateway.open(token).end()).toEqual({ code: 4029, reason: 'too many sessions' })
    const somebodyElse = gateway.open(gateway.login().token)
    await somebodyElse.frame(0)
    open[0]?.leave()
    await waitFor(
      async () => {
        const client = gateway.open(token)
        await waitFor(() => client.closed ?? client.frames[0], { what: 'an answer' })
        client.leave()
        return client.frames.length === 1
      },
      { what: 'room' },
    )
    for (const client of [...open, somebodyElse]) client.leave()
  })

  it('subscriptions are limited: 4004 in versions 1 and 2, an answer in version 3', async () => {
    const two = await gateway.started({}, range(1, 5).map(String))
    two.command('subscribe', { event_name: '5' })
    expect(await two.read(0)).toMatchObject({ op: 'subscribe', code: 0 })
    two.command('subscribe', { event_name: '6' })
    expect(await two.end()).toEqual({ code: 4004, reason: '' })
    const names = ['voicemail_created', 'voicemail_edited', 'voicemail_deleted', 'user_*', 'global_*']
    const three = await gateway.started({}, names, 'version=3')
    three.command('subscribe', { event_name: '*' })
    expect(await three.read(0)).toMatchObject({ code: 1, data: { error_id: 'too-many-subscriptions' } })
    three.command('unsubscribe', { event_name: 'user_*' })
    three.command('subscribe', { event_name: '*' })
    expect(await three.read(2)).toMatchObject({ op: 'subscribe', code: 0 })
    three.leave()
  })

  it('a client that sends without end is read no faster than it is answered, and gets every answer', async () => {
    const client = gateway.open(gateway.login().token)
    await client.frame(0)
    for (const index of range(1, 5000)) client.command('ping', { payload: String(index) })
    await client.frame(5000)
    expect(client.parsed.slice(1).map(({ data }) => Number(data['payload']))).toEqual(range(1, 5000))
    client.leave()
  })

  it('a client that asks without reading the answers is asked no further, and gets every answer when it reads', async () => {
    const client = gateway.open(gateway.login().token)
    await client.frame(0)
    client.socket.pause()
    const frame = JSON.stringify({ op: 'ping', data: { payload: 'x'.repeat(1_000_000) } })
    const leaves = () =>
      Promise.race([new Promise((left) => client.socket.send(frame, () => left(true))), delay(2000, false)])
    let asked = 1
    while (asked < 100 && (await leaves())) asked++
    // The network and 32 frames are taken; a gateway without a bound would take all hundred.
    expect(asked).toBeLessThan(100)
    client.socket.resume()
    await client.frame(asked)
    client.leave()
  })
})
