import { createSocket, type Socket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defaultTemplates, type GatewayMethod, type GatewayProfile, type TenantId } from '@lamplighter/domain'
import { SipStack, UdpTransport } from '@lamplighter/sip'
import type { DeliveringGateway } from '@lamplighter/store'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GatewaySender } from './gateway-sender.js'

const LOGIN = { username: 'lamps', password: 'hush-hush' }
const MESSAGE = {
  mailboxId: 7,
  number: '1001',
  context: 'default',
  address: null,
  summary: { new: 2, old: 8, urgentNew: 1, urgentOld: 0 },
}

function gatewayOf(profile: GatewayProfile, method: GatewayMethod, port: number): DeliveringGateway {
  return {
    uuid: '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
    tenantId: 'tenant' as TenantId,
    name: 'pbx',
    profile,
    method,
    targets: [
      { host: '127.0.0.1', port, transport: method === 'ari' ? 'tcp' : 'udp', tlsVerify: true, serverName: null },
    ],
    username: null,
    sealedSecret: null,
    ...defaultTemplates(profile, method),
    ariPath: '/ari',
    mwiEnabled: true,
    retryForSec: 300,
    reassertEverySec: 43_200,
    pingEverySec: 30,
    maxPerSec: 50,
    deleted: false,
  }
}

let stack: SipStack
let sender: GatewaySender

beforeAll(async () => {
  stack = new SipStack({
    transports: [new UdpTransport({ host: '127.0.0.1', port: 0 })],
    handlers: {},
    onError: () => {},
  })
  await stack.start()
  sender = new GatewaySender({ stack: () => stack, accessCode: '*97', login: () => LOGIN })
})
afterAll(() => stack.stop())

function deliver(gateway: DeliveringGateway, more: { etag?: string; last?: boolean } = {}) {
  const [target] = gateway.targets
  if (!target) throw new Error('no target')
  return sender.send({ gateway, target, message: MESSAGE, etag: more.etag, last: more.last ?? false })
}

describe('what a gateway is told, byte for byte', () => {
  let socket: Socket
  let received: string[]
  /** Header lines of the answers, one per request, the last for all that follow. */
  let answers: string[]

  beforeAll(async () => {
    socket = createSocket('udp4')
    socket.on('message', (bytes, { port }) => {
      const text = bytes.toString()
      received.push(text)
      const line = (name: string) => new RegExp(`^${name}: .*$`, 'mi').exec(text)?.[0].trim()
      const [status, ...lines] = (answers.length > 1 ? answers.shift() : answers[0])?.split('\n') ?? []
      const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map(line)
      socket.send(
        [`SIP/2.0 ${status}`, ...copied, ...lines, 'Content-Length: 0', '', ''].join('\r\n'),
        port,
        '127.0.0.1',
      )
    })
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  })
  afterAll(() => socket.close())
  afterEach(() => {
    received = []
  })

  const peer = () => socket.address().port

  /** What is new each time, and ports, have names in the fixtures. */
  function normal(text: string): string {
    return text
      .replaceAll(stack.address, '{us}')
      .replaceAll(`127.0.0.1:${peer()}`, '{peer}')
      .replace(/branch=z9hG4bK[0-9a-f]+/, 'branch={branch}')
      .replace(/tag=[0-9a-f]{16}/, 'tag={tag}')
      .replace(/^Call-ID: [0-9a-f]{32}/m, 'Call-ID: {call-id}')
      .replace(/^Content-Length: \d+/m, 'Content-Length: {n}')
      .replaceAll('\r\n', '\n')
  }
  const fixture = (name: string) => readFileSync(new URL(`../../fixtures/gateway/${name}.sip`, import.meta.url), 'utf8')

  it.each([
    ['exchange', 'notify'],
    ['asterisk', 'notify'],
    ['generic', 'notify'],
    ['asterisk', 'publish'],
    ['generic', 'publish'],
  ] as const)('%s by %s', async (profile, method) => {
    received = []
    answers = ['200 OK']
    expect(await deliver(gatewayOf(profile, method, peer()))).toMatchObject({ type: 'answered', status: 200 })
    expect(received.map(normal)).toEqual([fixture(`${profile}-${method}`)])
    for (const text of received) expect(text).not.toMatch(/[^\r]\n/)
  })

  it.each([
    ['401 Unauthorized\nWWW-Authenticate', 'Authorization'],
    ['407 Proxy Authentication Required\nProxy-Authenticate', 'Proxy-Authorization'],
  ])('%s is answered once, in the same call with a higher CSeq', async (challenge, header) => {
    received = []
    answers = [`${challenge}: Digest realm="asterisk",nonce="n1",algorithm=MD5,qop="auth"`]
    expect(await deliver(gatewayOf('generic', 'notify', peer()))).toMatchObject({
      status: Number(challenge.slice(0, 3)),
    })
    expect(received).toHaveLength(2)
    expect(received.map((text) => /^CSeq: .*$/m.exec(text)?.[0].trim())).toEqual(['CSeq: 1 NOTIFY', 'CSeq: 2 NOTIFY'])
    expect(new Set(received.map((text) => /^Call-ID: .*$/m.exec(text)?.[0])).size).toBe(1)
    expect(received[1]).toContain(`${header}: Digest username="lamps", realm="asterisk"`)
    expect(received[1]).not.toContain(LOGIN.password)
  })

  it('of several challenges takes one it can answer', async () => {
    received = []
    const lines = ['Digest realm="x",nonce="n",algorithm=SHA-512-256', 'Digest realm="x",nonce="n",algorithm=SHA-256']
    answers = [`401 Unauthorized\n${lines.map((one) => `WWW-Authenticate: ${one}`).join('\n')}`, '200 OK']
    expect(await deliver(gatewayOf('generic', 'notify', peer()))).toMatchObject({ status: 200 })
    expect(received[1]).toContain('algorithm=SHA-256')
  })

  it('a PUBLISH refreshes what the peer keeps, and begins anew when it kept nothing (RFC 3903)', async () => {
    received = []
    answers = ['200 OK\nSIP-ETag: e1\nExpires: 300']
    const gateway = gatewayOf('generic', 'publish', peer())
    expect(await deliver(gateway)).toMatchObject({ publication: { etag: 'e1', expiresInSec: 300 } })
    answers = ['412 Conditional Request Failed', '200 OK\nSIP-ETag: e2\nExpires: 300']
    expect(await deliver(gateway, { etag: 'e1' })).toMatchObject({ publication: { etag: 'e2' } })
    expect(received.map((text) => /^SIP-If-Match: (.*)$/m.exec(text)?.[1]?.trim())).toEqual([
      undefined,
      'e1',
      undefined,
    ])
  })

  it('a PUBLISH that is the last shows that nothing waits, then takes the state away', async () => {
    received = []
    answers = ['200 OK\nSIP-ETag: e1\nExpires: 300']
    expect(await deliver(gatewayOf('generic', 'publish', peer()), { last: true })).toMatchObject({
      publication: undefined,
    })
    expect(received[1]).toMatch(/^Expires: 0\r$/m)
    expect(received[1]).toMatch(/^SIP-If-Match: e1\r$/m)
    expect(received[1]).not.toContain('Content-Type')
  })

  it.each([
    ['503 Busy\nRetry-After: 30', { status: 503, retryAfterSec: 30 }],
    ['503 Busy\nRetry-After: 30 (later);duration=5', { status: 503, retryAfterSec: 30 }],
    ['200 OK\nSIP-ETag: bad etag', { status: 200, publication: undefined }],
  ])('%s', async (answer, expected) => {
    received = []
    answers = [answer]
    expect(await deliver(gatewayOf('generic', 'notify', peer()))).toMatchObject(expected)
  })
})

describe('Asterisk over ARI (asterisk.md 4)', () => {
  let server: Server
  let asked: { method: string; url: string; headers: IncomingHttpHeaders }[]
  let status = 204

  beforeAll(async () => {
    server = createServer(({ method = '', url = '', headers }, response) => {
      asked.push({ method, url, headers })
      const right = headers.authorization === `Basic ${Buffer.from('lamps:hush-hush').toString('base64')}`
      response.writeHead(right ? status : 401, { location: 'http://127.0.0.1:1/', 'retry-after': '7' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  const gateway = () => gatewayOf('asterisk', 'ari', (server.address() as AddressInfo).port)

  it('is told both counts by PUT with HTTP basic, and 204 is enough', async () => {
    asked = []
    expect(await deliver(gateway())).toMatchObject({ type: 'answered', status: 204 })
    expect(asked).toMatchObject([{ method: 'PUT', url: '/ari/mailboxes/1001%40default?oldMessages=8&newMessages=2' }])
  })

  it.each([
    [401, 401],
    [503, 503],
    [302, 302],
  ])('%i is an answer; a redirect is not followed', async (answer, expected) => {
    asked = []
    status = answer
    expect(await deliver(gateway())).toMatchObject({ status: expected, retryAfterSec: 7 })
    expect(asked).toHaveLength(1)
    status = 204
  })

  it('a mailbox that is shown no more is deleted there; one it does not know is no fault', async () => {
    asked = []
    status = 404
    expect(await deliver(gateway(), { last: true })).toMatchObject({ status: 200 })
    expect(asked).toMatchObject([{ method: 'DELETE', url: '/ari/mailboxes/1001%40default' }])
    status = 204
  })

  it('nobody at the port is a broken way; any answer to a ping says that it is there', async () => {
    expect(await deliver(gatewayOf('asterisk', 'ari', 1))).toEqual({ type: 'broken' })
    const [target] = gateway().targets
    if (!target) throw new Error('no target')
    status = 404
    expect(await sender.ping(gateway(), target)).toBe(true)
    expect(await sender.ping(gateway(), { ...target, port: 1 })).toBe(false)
    status = 204
  })
})
