import { EVENTS } from '@lamplighter/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { numbersOf, TestGateway } from './support.js'

describe('protocol 3 of the gateway', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start()
  })
  afterAll(() => gateway.stop())

  it('row 21: the token may come in the first frame, so that none stands in a URL; commands may follow at once', async () => {
    const client = gateway.open('', 'version=3')
    client.socket.on('open', () => {
      client.command('token', { token: gateway.login().token })
      client.command('subscribe', { event_name: '*' })
      client.command('start')
    })
    await client.frame(2)
    expect(client.parsed.map(({ op, code }) => [op, code])).toEqual([
      ['init', 0],
      ['subscribe', 0],
      ['start', 0],
    ])
    client.leave()
  })

  it.each([
    ['another command', { op: 'start' }, 4001],
    ['an empty token', { op: 'token', data: { token: '' } }, 4001],
    ['nonsense', 'x', 4001],
    ['a wrong token', { op: 'token', data: { token: 'x' } }, 4002],
  ])('row 21: a first frame with %s closes', async (_name, frame, code) => {
    const client = gateway.open('', 'version=3')
    client.socket.on('open', () => client.send(frame))
    expect((await client.end()).code).toBe(code)
    expect(client.frames).toEqual([])
  })

  it.each([
    ['a binary frame', Buffer.from('{"op":"start"}'), 'error', 'unreadable-frame'],
    ['invalid JSON', 'x', 'error', 'unreadable-frame'],
    ['no object', '[]', 'error', 'unreadable-frame'],
    ['no op', '{}', 'error', 'unreadable-frame'],
    ['an unknown op', { op: 'presence' }, 'presence', 'unknown-op'],
    ['no data', { op: 'subscribe' }, 'subscribe', 'invalid-data'],
    ['data that is no object', { op: 'subscribe', data: [] }, 'subscribe', 'invalid-data'],
    ['a name that is no text', { op: 'subscribe', data: { event_name: 1 } }, 'subscribe', 'invalid-data'],
    ['an unknown field', { op: 'ping', data: { payload: 'x', more: 1 } }, 'ping', 'invalid-data'],
    ['a control character', { op: 'subscribe', data: { event_name: 'a\u0000' } }, 'subscribe', 'invalid-data'],
    ['no message id', { op: 'move', data: { folder_id: 2 } }, 'move', 'invalid-data'],
  ])('row 20: %s is answered with a code, and the socket stays open', async (_name, frame, op, errorId) => {
    const client = gateway.open(gateway.login().token, 'version=3')
    await client.frame(0)
    client.send(frame)
    const answer = await client.read(1)
    expect(answer).toMatchObject({ op, code: 1, data: { error_id: errorId, message: expect.any(String) } })
    client.command('ping', { payload: 'p' })
    expect(await client.frame(2)).toBe('{"op":"pong","code":0,"data":{"payload":"p"}}')
    client.leave()
  })

  it('row 20: unsubscribe takes back exactly what was subscribed to, and is done also when there was nothing', async () => {
    const client = await gateway.started({}, ['voicemail_*', 'voicemail_created'], 'version=3')
    await gateway.say(...gateway.numbered(1, 1))
    client.command('unsubscribe', { event_name: 'voicemail_*' })
    client.command('unsubscribe', { event_name: 'voicemail_*' })
    expect(await client.read(2)).toEqual({ op: 'unsubscribe', code: 0, data: null })
    await gateway.say(...gateway.numbered(2, 2))
    client.command('unsubscribe', { event_name: 'voicemail_created' })
    await client.frame(4)
    await gateway.say(...gateway.numbered(3, 3))
    client.command('ping', { payload: 'p' })
    await client.frame(5)
    expect(numbersOf(client)).toEqual([1, 2])
    client.leave()
  })

  it('row 23: a pattern selects every name that fits, and what nothing can fit is refused', async () => {
    const client = await gateway.started({}, ['*_created'], 'version=3')
    for (const event_name of ['user_voicemail_', 'nothing_*', '*created*created*', 'Voicemail_created'])
      client.command('subscribe', { event_name })
    await client.frame(3)
    for (const answer of client.parsed)
      expect(answer).toMatchObject({ op: 'subscribe', code: 1, data: { error_id: 'unknown-event' } })
    client.frames.length = 0
    for (const { name } of EVENTS) {
      client.command('subscribe', { event_name: name })
    }
    await client.frame(EVENTS.length - 1)
    expect(client.parsed.every(({ code }) => code === 0)).toBe(true)
    client.leave()
  })

  it('selects the events of a pattern and no others', async () => {
    const client = await gateway.started({}, ['user_voicemail_*'], 'version=3')
    await gateway.say(...gateway.numbered(1, 3), gateway.forUser(client.userId), ...gateway.numbered(4, 4))
    client.command('ping', { payload: 'p' })
    await client.frame(1)
    expect(client.events).toEqual(['user_voicemail_associated'])
    client.leave()
  })

  it('an event of somebody else has no cursor and no place to resume from', async () => {
    const client = await gateway.started({}, ['*'], 'version=3')
    const sent = gateway.foreign({ 'user_uuid:*': true })
    const [[frame] = []] = await gateway.publishAndSettle([client], sent)
    expect(JSON.parse(frame ?? '')).toMatchObject({ op: 'event', cursor: null, event_id: sent.eventId })
    client.leave()
  })

  const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`
  it.each([
    ['data nested deeper than calls can be', 'ping', `{"payload":${deep}}`, 'invalid-data'],
    ['a parameter nested so', 'list', `{"search":${deep}}`, 'invalid-data'],
    ['a parameter that is no text', 'list', '{"search":{"toString":1,"valueOf":1}}', 'invalid-data'],
    ['half a surrogate pair', 'delete', '{"message_id":"\\ud800"}', 'invalid-data'],
    ['a NUL', 'delete', '{"message_id":"\\u0000"}', 'invalid-data'],
    ['an id that leads to another route', 'delete', '{"message_id":"."}', 'invalid-data'],
    ['an id that leads above it', 'claim', '{"voicemail_id":1,"message_id":".."}', 'invalid-data'],
    ['a name of every object', 'constructor', '{}', 'unknown-op'],
  ])('6.2 row 20: %s is answered, and the socket stays open', async (_what, op, data, errorId) => {
    const client = gateway.open(gateway.login().token, 'version=3')
    await client.frame(0)
    client.send(`{"op":"${op}","data":${data}}`)
    expect(await client.read(1)).toMatchObject({ op, code: 1, data: { error_id: errorId } })
    client.command('ping', { payload: 'x' })
    expect(await client.read(2)).toEqual({ op: 'pong', code: 0, data: { payload: 'x' } })
    client.leave()
  })

  it('does not keep a message command waiting for ever when its API does not run here', async () => {
    const client = gateway.open(gateway.login().token, 'version=3')
    await client.frame(0)
    client.command('move', { message_id: 'x', folder_id: 2 })
    expect(await client.read(1)).toMatchObject({ op: 'move', code: 1, data: { error_id: 'command-unavailable' } })
    client.leave()
  })
})
