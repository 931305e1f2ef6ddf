import { GATEWAY_ERRORS } from '@lamplighter/contracts'
import { GatewayDocument, type GatewayVersion, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type End, RawClient, range, TestGateway } from './support.js'

const VERSIONS: readonly GatewayVersion[] = [1, 2, 3]
const DOCUMENTS = { 1: new GatewayDocument(1), 2: new GatewayDocument(2), 3: new GatewayDocument(3) }
/** Answers of calld; `gateway.test.ts` of the whole holds them against the document. */
const OF_CALLD = ['list', 'move', 'delete', 'claim', 'mwi']

const SAMPLES: readonly unknown[] = [
  'x',
  '[]',
  '{}',
  { op: 1 },
  { op: 'presence' },
  { op: 'subscribe' },
  { op: 'subscribe', data: null },
  { op: 'subscribe', data: ['event_name'] },
  { op: 'subscribe', data: { event_name: 1 } },
  { op: 'subscribe', data: { event_name: '' } },
  { op: 'subscribe', data: { event_name: 'a\u0001' } },
  { op: 'subscribe', data: { event_name: 'x'.repeat(257) } },
  { op: 'subscribe', data: { event_name: 'voicemail_created' }, extra: 1 },
  { op: 'subscribe', data: { event_name: 'voicemail_created', extra: 1 } },
  { op: 'unsubscribe', data: { event_name: 'x' } },
  { op: 'unsubscribe', data: {} },
  { op: 'start' },
  { op: 'start', data: 'ignored' },
  { op: 'token' },
  { op: 'token', data: { token: 1 } },
  { op: 'ping', data: { payload: '' } },
  { op: 'ping', data: { payload: null } },
  { op: 'resume', data: { cursor: 'x' } },
  { op: 'resume', data: { cursor: '' } },
  { op: 'list' },
  { op: 'list', data: null },
  { op: 'list', data: { limit: 1, unread: true } },
  { op: 'list', data: { unknown: 1 } },
  { op: 'move', data: { message_id: 'x', folder_id: 2 } },
  { op: 'move', data: { message_id: 'x' } },
  { op: 'delete', data: { message_id: 'x', voicemail_id: 0 } },
  { op: 'claim', data: { message_id: 'x', lease_s: 60 } },
  { op: 'mwi', data: { voicemail_id: 1 } },
  { op: 'mwi', data: { voicemail_id: 'one' } },
]

describe('docs/asyncapi.json against a real gateway', () => {
  let gateway: TestGateway
  const framesSeen = { 1: new Set<string>(), 2: new Set<string>(), 3: new Set<string>() }
  const closesSeen = { 1: new Set<string>(), 2: new Set<string>(), 3: new Set<string>() }

  beforeAll(async () => {
    gateway = await TestGateway.start({
      pingIntervalMs: 500,
      firstFrameMs: 200,
      socketsPerUser: 3,
      subscriptions: 3,
      replayedEvents: 5,
    })
  })
  afterAll(() => gateway.stop())

  /** Opens a socket of a version with the token in the header. */
  function open(version: GatewayVersion, token = gateway.login().token, query = ''): RawClient {
    const url = `${gateway.base.replace('http', 'ws')}/api/websocketd/?version=${version}${query}`
    return new RawClient(url, token === '' ? {} : { 'x-auth-token': token })
  }

  /** Sends a command of the document, and waits for so many frames more. */
  async function ask(version: GatewayVersion, client: RawClient, command: object, answers = 1): Promise<void> {
    const text = JSON.stringify(command)
    expect(DOCUMENTS[version].commandsLike(text), text).toHaveLength(1)
    const expected = client.frames.length + answers
    client.send(text)
    if (answers > 0) await client.frame(expected - 1)
  }

  /** Holds everything a client was sent against the document, then lets it go. */
  function judge(version: GatewayVersion, client: RawClient): void {
    for (const text of client.frames) {
      const names = DOCUMENTS[version].framesLike(text)
      expect([names.length, text]).toEqual([1, text])
      for (const name of names) framesSeen[version].add(name)
    }
    client.leave()
  }

  function judgeEnd(version: GatewayVersion, end: End): void {
    const name = GatewayDocument.closeName(end)
    expect(DOCUMENTS[version].closes).toContain(name)
    closesSeen[version].add(name)
  }

  it.each(VERSIONS)('protocol %i: every frame of a session fits exactly one frame of the document', async (version) => {
    const identity = gateway.login()
    const client = open(version, identity.token)
    await client.frame(0)
    await ask(version, client, { op: 'ping', data: { payload: 'p' } }, version === 1 ? 0 : 1)
    await ask(version, client, { op: 'subscribe', data: { event_name: '*' } })
    await ask(version, client, { op: 'token', data: { token: identity.token } })
    await ask(version, client, { op: 'start' })
    await ask(version, client, { op: 'subscribe', data: { event_name: 'voicemail_created' } }, version === 1 ? 0 : 1)
    const before = client.frames.length
    await gateway.say(...gateway.numbered(1, 2), gateway.forUser(identity.userId))
    await client.frame(before + 2)
    await gateway.bus.publish([gateway.foreign({ 'user_uuid:*': true })])
    await client.frame(before + 3)
    await ask(version, client, { op: 'start', data: 1 })
    judge(version, client)
  })

  it('protocol 3: what is taken back, resumed, too old or too much fits its own frame', async () => {
    const head = open(3)
    const cursor = (await head.read(0)).data['cursor']
    head.leave()
    const resume = async (from: unknown, query = '') => {
      const client = open(3, gateway.login().token, query)
      await client.frame(0)
      await ask(3, client, { op: 'subscribe', data: { event_name: '*' } })
      await ask(3, client, { op: 'unsubscribe', data: { event_name: 'x' } })
      if (query === '') await ask(3, client, { op: 'resume', data: { cursor: from } }, 0)
      await ask(3, client, { op: 'start' })
      const outcome = await waitFor(() => client.parsed.find(({ op }) => op === 'resume'), { what: 'the outcome' })
      judge(3, client)
      return outcome.data
    }
    await gateway.say(...gateway.numbered(1, 3))
    expect(await resume(cursor)).toEqual({ replayed: 3 })
    expect(await resume(cursor, `&resume=${cursor}`)).toEqual({ replayed: 3 })
    await gateway.say(...gateway.numbered(4, 9))
    expect(await resume(cursor)).toMatchObject({ reason: 'too_many' })
    await gateway.database.pool.query('DELETE FROM event WHERE cursor <= (SELECT max(cursor) - 2 FROM event)')
    expect(await resume(cursor)).toMatchObject({ reason: 'gone' })
  })

  it('protocol 3: every error answer fits the frame of errors', async () => {
    const client = open(3)
    await client.frame(0)
    const wrong: readonly unknown[] = [
      Buffer.from('{"op":"start"}'),
      { op: 'x'.repeat(100) },
      { op: 'ping' },
      { op: 'subscribe', data: { event_name: 'nothing' } },
      ...['voicemail_*', 'user_*', 'global_*', '*'].map((event_name) => ({ op: 'subscribe', data: { event_name } })),
      { op: 'resume', data: { cursor: 'x' } },
      { op: 'move', data: { message_id: 'x', folder_id: 2 } },
      { op: 'start' },
      { op: 'resume', data: { cursor: (await client.read(0)).data['cursor'] } },
    ]
    for (const frame of wrong) client.send(frame)
    await client.frame(wrong.length)
    const ids = client.parsed.filter(({ code }) => code === 1).map(({ data }) => data['error_id'])
    const { gone: _gone, tooMany: _tooMany, ...ofCommands } = GATEWAY_ERRORS
    expect(new Set(ids)).toEqual(new Set(Object.values(ofCommands)))
    judge(3, client)
  })

  it.each(VERSIONS)('protocol %i: what fits a command of the document is taken, and nothing else', async (version) => {
    const examples = DOCUMENTS[version].commands.map((name) => DOCUMENTS[version].exampleOf('command', name))
    const { token, userId } = gateway.login()
    for (const sample of [...examples, ...SAMPLES]) {
      const text = (typeof sample === 'string' ? sample : JSON.stringify(sample)).replace(/"token":"[^"]*"/, () => {
        return `"token":"${gateway.login({ userId }).token}"`
      })
      const client = open(version, token)
      await client.frame(0)
      client.send(text)
      client.send({ op: 'start' })
      await waitFor(() => client.closed ?? client.parsed.find(({ op }) => op === 'start'), { what: 'the verdict' })
      const isTaken = !client.closed && !client.parsed.some(isMisspoken)
      expect([text, isTaken]).toEqual([text, DOCUMENTS[version].commandsLike(text).length === 1])
      judge(version, client)
      await waitFor(() => client.closed, { what: 'the end' })
    }
  })

  /** What was said is no command, whatever it asks for. */
  function isMisspoken({ code, data }: RawClient['parsed'][number]): boolean {
    const { unreadable, unknownOp, invalid } = GATEWAY_ERRORS
    return code === 1 && ([unreadable, unknownOp, invalid] as unknown[]).includes(data['error_id'])
  }

  it.each(VERSIONS)('protocol %i: an example of a frame fits it and no other', (version) => {
    for (const name of DOCUMENTS[version].frames) {
      const example = JSON.stringify(DOCUMENTS[version].exampleOf('frame', name))
      expect([name, DOCUMENTS[version].framesLike(example)]).toEqual([name, [name]])
    }
  })

  it.each([
    { op: 'presence', code: 0, data: null },
    { op: 'start', code: 0, data: {} },
    { op: 'start', code: 0, data: null, more: 1 },
    { op: 'init', code: 0, data: { version: 4 } },
    { name: 'voicemail_created', data: {} },
  ])('a frame that the document lacks is seen: %j', (frame) => {
    for (const version of VERSIONS) expect(DOCUMENTS[version].framesLike(JSON.stringify(frame))).toEqual([])
  })

  describe.each(VERSIONS)('protocol %i: the close is in the document', (version) => {
    const opened = async (who = {}) => {
      const client = open(version, gateway.login(who).token)
      await client.frame(0)
      return client
    }
    const causes: readonly (readonly [string, () => Promise<RawClient>])[] = [
      [
        'of a frame without a mask',
        async () => {
          const client = await opened()
          const { _socket } = client.socket as unknown as { _socket: NodeJS.WritableStream }
          _socket.write(Buffer.from([0x81, 0x01, 0x61]))
          return client
        },
      ],
      [
        'of a text that is not UTF-8',
        async () => {
          const client = await opened()
          client.socket.send(Buffer.from([0xff]), { binary: false })
          return client
        },
      ],
      [
        'of a frame over 1 MiB',
        async () => {
          const client = await opened()
          client.send('x'.repeat(1024 * 1024 + 1))
          return client
        },
      ],
      [
        'of a client that answers no ping',
        async () => {
          const client = open(version)
          client.socket.pong = () => {}
          Object.assign(client.socket, { _autoPong: false })
          return client
        },
      ],
      ['without a token', async () => open(version, '')],
      ['with a wrong token', async () => open(version, 'x')],
      ['when the token ends', () => opened({ expiresInMs: 1000 })],
      [
        'of one socket too many',
        async () => {
          const { token } = gateway.login()
          const first = range(1, 3).map(() => open(version, token))
          for (const client of first) await client.frame(0)
          const client = open(version, token)
          await client.end()
          for (const one of first) one.leave()
          return client
        },
      ],
      [
        'while tokens cannot be checked',
        async () => {
          const { token } = gateway.login()
          gateway.authFails = true
          const client = open(version, token)
          await client.end()
          gateway.authFails = false
          return client
        },
      ],
    ]

    it.each(causes)('%s', async (_name, cause) => {
      judgeEnd(version, await (await cause()).end())
    })
  })

  it('the close of a version that is no number is in every document, that of one that is not spoken in the old ones', async () => {
    const broken = await gateway.open(gateway.login().token, 'version=undefined').end()
    for (const version of VERSIONS) judgeEnd(version, broken)
    const unknown = await gateway.open(gateway.login().token, 'version=4').end()
    for (const version of [1, 2] as const) judgeEnd(version, unknown)
  })

  it('the closes of who reads too slowly, and of everybody when the gateway stops, are in the document', async () => {
    const own = await TestGateway.start({ bufferedEvents: 50 })
    const start = () => Promise.all(VERSIONS.map((version) => own.started({}, ['*'], `version=${version}`)))
    const [slow, quick] = [await start(), await start()]
    for (const client of slow) client.socket.pause()
    const body = JSON.stringify({ name: 'thing_happened', data: 'x'.repeat(100_000) })
    const many = range(1, 10).map(() => own.foreign({ 'user_uuid:*': true }, 'thing_happened', body))
    for (const _round of range(1, 20)) await own.publishAndSettle(quick, ...many)
    for (const client of slow) client.socket.resume()
    await Promise.all(slow.map(async (client, index) => judgeEnd(VERSIONS[index] ?? 1, await client.end())))
    await own.stopGateway()
    await Promise.all(quick.map(async (client, index) => judgeEnd(VERSIONS[index] ?? 1, await client.end())))
    await own.stop()
  })

  it('all of the document was seen: every frame and every close of every protocol', () => {
    for (const version of VERSIONS) {
      const frames = DOCUMENTS[version].frames.filter((name) => !OF_CALLD.includes(name) || version < 3)
      expect([...framesSeen[version]].sort()).toEqual(frames.sort())
      expect([...closesSeen[version]].sort()).toEqual([...new Set(DOCUMENTS[version].closes)].sort())
    }
  })
})
