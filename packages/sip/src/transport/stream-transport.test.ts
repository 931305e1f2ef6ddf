import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import { makeCertificate, waitFor } from '@lamplighter/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { Headers } from '../message/headers.js'
import type { SipRequest } from '../message/message.js'
import type { IncomingRequest } from '../user-agent/sip-stack.js'
import { SipStack } from '../user-agent/sip-stack.js'
import { StreamTransport } from './stream-transport.js'
import type { TargetResolver } from './target-resolver.js'
import { TlsCredentials, type TlsSettings } from './tls-settings.js'
import type { RemoteAddress, Transport } from './transport.js'
import { UdpTransport } from './udp.js'

const certificate = await makeCertificate('sip.example', '127.0.0.1', '::1')
const otherCertificate = await makeCertificate('other.example')
const TLS: TlsSettings = { identities: [certificate, otherCertificate], ca: certificate.certificate }

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A stack that grants every SUBSCRIBE and remembers what it saw. */
async function stackOf(transports: readonly [Transport, ...Transport[]]) {
  const seen: IncomingRequest[] = []
  const closed: string[] = []
  const troubles: unknown[] = []
  const stack = new SipStack({
    transports,
    handlers: {
      SUBSCRIBE: (incoming) => {
        seen.push(incoming)
        incoming.respond(200)
      },
      NOTIFY: (incoming) => {
        seen.push(incoming)
        incoming.respond(200)
      },
      MESSAGE: ({ ignore }) => ignore(),
    },
    onFlowClosed: (flow) => closed.push(flow),
    onError: (error) => troubles.push(error),
  })
  await stack.start()
  open.push(() => stack.stop())
  return { stack, seen, closed, troubles, port: transports[0].local.port }
}

function requestOf(method = 'SUBSCRIBE'): SipRequest {
  const headers = new Headers()
  headers.add('From', '<sip:a@example.com>;tag=1')
  headers.add('To', '<sip:b@example.com>')
  headers.add('Call-ID', `${Math.random()}`)
  headers.add('CSeq', `1 ${method}`)
  return { kind: 'request', method, uri: 'sip:b@example.com', headers, body: Buffer.alloc(0) }
}

const raw = (method = 'OPTIONS', more = 'Content-Length: 0\r\n') =>
  `${method} sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/TCP x.example;branch=z9hG4bK${Math.random()}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: ${Math.random()}\r\nCSeq: 1 ${method}\r\n${more}\r\n`

/** A bare socket and everything it was sent. */
async function dial(port: number, bytes = '') {
  const socket: Socket = net.connect(port, '127.0.0.1')
  const got = { text: '', closed: false }
  socket.on('data', (chunk) => {
    got.text += chunk.toString()
  })
  socket.on('close', () => {
    got.closed = true
  })
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('connect', resolve))
  open.push(() => socket.destroy())
  if (bytes) socket.write(bytes)
  return { socket, got }
}

describe.each([
  ['TCP', '127.0.0.1', undefined],
  ['TCP', '::1', undefined],
  ['TLS', '127.0.0.1', TLS],
  ['TLS', '::1', TLS],
] as const)('SIP over %s at %s', (name, host, secure) => {
  const transport = () => new StreamTransport({ host, port: 0, ...(secure && { tls: new TlsCredentials(secure) }) })

  it('carries requests and answers, and answers by the same connection', async () => {
    const server = await stackOf([transport()])
    const phone = await stackOf([transport()])
    const to: RemoteAddress = { host, port: server.port, transport: name }
    const outcome = await phone.stack.request(requestOf(), to)
    expect(outcome).toMatchObject({ type: 'response', response: { status: 200 } })
    const via = outcome.type === 'response' ? outcome.response.headers.get('via') : ''
    expect(via).toMatch(new RegExp(`^SIP/2.0/${name} .*;received=${host.replaceAll('.', '\\.')}`))
    const from = server.seen[0]?.from
    expect(from).toMatchObject({ host, transport: name, flow: expect.stringMatching(/./) })
    // What goes back takes the phone's own connection: the port it came from listens to nobody.
    if (!from) throw new Error('nothing came')
    expect(await server.stack.request(requestOf('NOTIFY'), from)).toMatchObject({ response: { status: 200 } })
    expect(server.stack.contact('7', from)).toBe(`<sip:7@${server.stack.address};transport=${name.toLowerCase()}>`)
  })

  it('leaves its address to another while it still speaks on what it keeps, and serves nothing there', async () => {
    const old = await stackOf([transport()])
    const [kept, other] = [await stackOf([transport()]), await stackOf([transport()])]
    const to: RemoteAddress = { host, port: old.port, transport: name }
    for (const phone of [kept, other]) await phone.stack.request(requestOf(), to)
    const [from] = old.seen.map((one) => one.from)
    if (!from?.flow) throw new Error('nothing came')
    await old.stack.retire(new Set([from.flow]))
    const next = await stackOf([
      new StreamTransport({ host, port: old.port, ...(secure && { tls: new TlsCredentials(secure) }) }),
    ])
    await waitFor(() => other.closed.length === 1, { what: 'the other connection to close' })
    expect(await old.stack.request(requestOf('NOTIFY'), from)).toMatchObject({ response: { status: 200 } })
    const unserved = kept.stack.request(requestOf(), to)
    expect(await other.stack.request(requestOf(), to)).toMatchObject({ response: { status: 200 } })
    expect([old.seen.length, next.seen.length]).toEqual([2, 1])
    old.stack.hangUp(from.flow)
    expect(await unserved).toEqual({ type: 'failed', reason: 'transport' })
    expect(await kept.stack.request(requestOf(), to)).toMatchObject({ response: { status: 200 } })
    expect(next.seen).toHaveLength(2)
  })

  it('uses a connection it opened again, and tells when it closes', async () => {
    const server = await stackOf([transport()])
    const phone = await stackOf([transport()])
    const to: RemoteAddress = { host, port: server.port, transport: name }
    await phone.stack.request(requestOf(), to)
    await phone.stack.request(requestOf(), to)
    expect(new Set(server.seen.map(({ from }) => from.flow)).size).toBe(1)
    const unanswered = phone.stack.request(requestOf('MESSAGE'), to)
    await server.stack.stop()
    expect(await unanswered).toEqual({ type: 'failed', reason: 'transport' })
    await waitFor(() => phone.closed.length === 1, { what: 'the flow to be known as closed' })
  })
})

describe('connections', () => {
  it('that cannot be opened fail their request at once, in words', async () => {
    const phone = await stackOf([new StreamTransport({ host: '127.0.0.1', port: 0, limits: { connectMs: 200 } })])
    const gone = net.createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const { port } = gone.address() as net.AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const refused = await phone.stack.request(requestOf(), { host: '127.0.0.1', port, transport: 'TCP' })
    expect(refused).toEqual({ type: 'failed', reason: 'transport' })
    expect(String(phone.troubles[0])).toContain(`no TCP connection to 127.0.0.1:${port}`)
    const unknown = await phone.stack.request(requestOf(), { host: '127.0.0.1', port, transport: 'TLS' })
    expect(unknown).toEqual({ type: 'failed', reason: 'transport' })
  })

  it('answer CRLFCRLF with CRLF', async () => {
    const server = await stackOf([new StreamTransport({ host: '127.0.0.1', port: 0 })])
    const { got } = await dial(server.port, '\r\n\r\n')
    await waitFor(() => got.text === '\r\n', { what: 'the pong' })
  })

  it.each([
    ['no Content-Length', ''],
    ['a negative one', 'Content-Length: -1\r\n'],
    ['two that differ', 'Content-Length: 0\r\nContent-Length: 3\r\n'],
  ])('with %s are answered 400 and closed', async (_what, lines) => {
    const server = await stackOf([new StreamTransport({ host: '127.0.0.1', port: 0 })])
    const { got } = await dial(server.port, raw('OPTIONS', lines) + raw())
    await waitFor(() => got.closed, { what: 'the connection to close' })
    expect(got.text.match(/^SIP\/2\.0 \d+/gm)).toEqual(['SIP/2.0 400'])
  })

  it('are closed when a message does not end, when nobody proves who he is, and when they rest too long', async () => {
    const limits = { messageMs: 100, unprovenMs: 400, idleMs: 60_000 }
    const server = await stackOf([new StreamTransport({ host: '127.0.0.1', port: 0, limits })])
    const drip = await dial(server.port, raw('OPTIONS', 'Content-Length: 100\r\n'))
    const idler = await dial(server.port, raw())
    const phone = await dial(server.port, raw('SUBSCRIBE'))
    const dripping = setInterval(() => drip.socket.write('x'), 20)
    await waitFor(() => drip.got.closed, { what: 'the slow sender to be closed' })
    clearInterval(dripping)
    expect(idler.got).toMatchObject({ closed: false, text: expect.stringContaining('200 OK') })
    await waitFor(() => idler.got.closed, { what: 'the unknown one to be closed' })
    expect(phone.got.closed).toBe(false)
    const resting = await stackOf([new StreamTransport({ host: '127.0.0.1', port: 0, limits: { idleMs: 100 } })])
    const rest = await dial(resting.port, raw('SUBSCRIBE'))
    await waitFor(() => rest.got.closed, { what: 'the resting one to be closed' })
  })

  it('are limited, in all and for one address', async () => {
    const server = await stackOf([
      new StreamTransport({ host: '127.0.0.1', port: 0, limits: { connectionsPerPeer: 2 } }),
    ])
    const [first, second] = [await dial(server.port, raw()), await dial(server.port, raw())]
    await waitFor(() => first.got.text !== '' && second.got.text !== '', { what: 'two to be served' })
    const third = await dial(server.port, raw())
    await waitFor(() => third.got.closed, { what: 'the third to be refused' })
    first.socket.destroy()
    await waitFor(
      async () => {
        const again = await dial(server.port, raw())
        await waitFor(() => again.got.closed || again.got.text !== '', { what: 'an answer' })
        return again.got.text !== ''
      },
      { what: 'a place to be free again' },
    )
  })

  it('to a peer that does not read are closed, and what waits for it fails', async () => {
    const server = await stackOf([
      new StreamTransport({ host: '127.0.0.1', port: 0, limits: { outgoingBytes: 200_000 } }),
    ])
    const { socket } = await dial(server.port, raw('SUBSCRIBE'))
    await waitFor(() => server.seen.length === 1, { what: 'the peer' })
    socket.pause()
    const [incoming] = server.seen
    if (!incoming) throw new Error('nothing came')
    const big = { ...requestOf('NOTIFY'), body: Buffer.alloc(50_000, 'x') }
    const outcomes = await Promise.all(Array.from({ length: 400 }, () => server.stack.request(big, incoming.from)))
    expect(new Set(outcomes.map(({ type }) => type))).toEqual(new Set(['failed']))
    await waitFor(() => server.closed.length === 1, { what: 'the flow to close' })
  })
})

describe('TLS', () => {
  const at = (settings: TlsSettings) =>
    new StreamTransport({ host: '127.0.0.1', port: 0, tls: new TlsCredentials(settings) })
  const peer = (port: number, options: tls.ConnectionOptions) =>
    new Promise<{ name: string; protocol: string | null }>((resolve, reject) => {
      const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options })
      open.push(() => socket.destroy())
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed')))
      socket.once('secureConnect', () => socket.write(raw()))
      socket.once('data', () =>
        resolve({ name: String(socket.getPeerCertificate().subject.CN), protocol: socket.getProtocol() }),
      )
    })

  it('shows the certificate of the name that is asked for, and speaks nothing below 1.2', async () => {
    const { port } = await stackOf([at(TLS)])
    expect(await peer(port, { servername: 'other.example' })).toMatchObject({ name: 'other.example' })
    expect(await peer(port, { servername: 'unknown.example' })).toMatchObject({ name: 'sip.example' })
    expect(await peer(port, { maxVersion: 'TLSv1.2' })).toMatchObject({ protocol: 'TLSv1.2' })
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await expect(peer(port, old)).rejects.toThrow()
  })

  it('verifies the peers it goes to, by name where one is given', async () => {
    const { port } = await stackOf([at(TLS)])
    const to = { host: '127.0.0.1', port, transport: 'TLS' } as const
    const phone = await stackOf([at(TLS)])
    expect(await phone.stack.request(requestOf(), { ...to, serverName: 'sip.example' })).toMatchObject({ response: {} })
    const wrong = await phone.stack.request(requestOf(), { ...to, serverName: 'wrong.example' })
    expect(wrong).toEqual({ type: 'failed', reason: 'transport' })
    const stranger = await stackOf([at({ ...TLS, ca: otherCertificate.certificate })])
    expect(await stranger.stack.request(requestOf(), to)).toEqual({ type: 'failed', reason: 'transport' })
    expect(String(stranger.troubles[0])).toMatch(/self.signed/)
  })

  it('shows new certificates to new connections, of names and otherwise, and keeps those that stand', async () => {
    const credentials = new TlsCredentials({ identities: [certificate], ca: certificate.certificate })
    const server = await stackOf([new StreamTransport({ host: '127.0.0.1', port: 0, tls: credentials })])
    const standing = await stackOf([at(TLS)])
    const to = { host: '127.0.0.1', port: server.port, transport: 'TLS', serverName: 'sip.example' } as const
    await standing.stack.request(requestOf(), to)
    expect(await peer(server.port, { servername: 'other.example' })).toMatchObject({ name: 'sip.example' })
    credentials.replace({ identities: [otherCertificate, certificate], ca: otherCertificate.certificate })
    expect(await peer(server.port, { servername: 'sip.example' })).toMatchObject({ name: 'sip.example' })
    expect(await peer(server.port, { servername: 'nobody.example' })).toMatchObject({ name: 'other.example' })
    expect(await peer(server.port, {})).toMatchObject({ name: 'other.example' })
    expect(await standing.stack.request(requestOf(), to)).toMatchObject({ response: { status: 200 } })
    expect(standing.closed).toEqual([])
    // What it opens itself, it opens with the new ones: it believes whom they believe.
    const demanding = await stackOf([
      at({ identities: [otherCertificate], ca: otherCertificate.certificate, clientCertificates: 'required' }),
    ])
    const there = { host: '127.0.0.1', port: demanding.port, transport: 'TLS', serverName: 'other.example' } as const
    expect(await server.stack.request(requestOf(), there)).toMatchObject({ response: { status: 200 } })
  })

  it('keeps what it has when the new certificate is none', async () => {
    const credentials = new TlsCredentials(TLS)
    const { port } = await stackOf([new StreamTransport({ host: '127.0.0.1', port: 0, tls: credentials })])
    expect(() => credentials.replace({ identities: [{ certificate: 'none', key: 'none' }] })).toThrow()
    expect(await peer(port, { servername: 'other.example' })).toMatchObject({ name: 'other.example' })
  })

  it('asks for certificates of peers where it shall, and takes none that nobody vouches for', async () => {
    const own = { cert: certificate.certificate, key: certificate.key }
    const forged = { cert: otherCertificate.certificate, key: otherCertificate.key }
    const optional = await stackOf([at({ ...TLS, clientCertificates: 'optional' })])
    await peer(optional.port, {})
    await peer(optional.port, own)
    await expect(peer(optional.port, forged)).rejects.toThrow()
    const required = await stackOf([at({ ...TLS, clientCertificates: 'required' })])
    await peer(required.port, own)
    await expect(peer(required.port, {})).rejects.toThrow()
  })
})

describe('a stack of several transports', () => {
  it('sends what is too large for a datagram over TCP, and by UDP to a peer that has none', async () => {
    const tcp = new StreamTransport({ host: '127.0.0.1', port: 0 })
    const server = await stackOf([tcp])
    const udp = new UdpTransport({ host: '127.0.0.1', port: tcp.local.port })
    const both = await stackOf([udp])
    const phone = await stackOf([
      new UdpTransport({ host: '127.0.0.1', port: 0 }),
      new StreamTransport({ host: '127.0.0.1', port: 0 }),
    ])
    const to = { host: '127.0.0.1', port: server.port }
    await phone.stack.request({ ...requestOf(), body: Buffer.alloc(900) }, to)
    await phone.stack.request({ ...requestOf(), body: Buffer.alloc(1200) }, to)
    expect([both.seen.length, server.seen.length]).toEqual([1, 1])
    await server.stack.stop()
    await phone.stack.request({ ...requestOf(), body: Buffer.alloc(1200) }, to)
    expect([both.seen.length, server.seen.length]).toEqual([2, 1])
  })

  it('goes on to the next server of a name when one is away', async () => {
    const server = await stackOf([new UdpTransport({ host: '127.0.0.1', port: 0 })])
    const resolver = {
      resolve: async () => [
        { host: '127.0.0.1', port: 1, transport: 'TCP' },
        { host: '127.0.0.1', port: server.port, transport: 'UDP' },
      ],
    } as unknown as TargetResolver
    const stack = new SipStack({
      transports: [
        new UdpTransport({ host: '127.0.0.1', port: 0 }),
        new StreamTransport({ host: '127.0.0.1', port: 0 }),
      ],
      handlers: {},
      resolver,
      onError: () => {},
    })
    await stack.start()
    open.push(() => stack.stop())
    expect(await stack.request(requestOf(), { host: 'pbx.example', port: 0 })).toMatchObject({
      response: { status: 200 },
    })
  })

  it('serves IPv4 and IPv6 on one socket where it is bound to ::', async () => {
    const server = await stackOf([
      new UdpTransport({ host: '::', port: 0 }),
      new StreamTransport({ host: '::', port: 0 }),
    ])
    const phone = await stackOf([new UdpTransport({ host: '127.0.0.1', port: 0 })])
    await phone.stack.request(requestOf(), { host: '127.0.0.1', port: server.port })
    const from = server.seen[0]?.from
    expect(from).toMatchObject({ host: '127.0.0.1', transport: 'UDP' })
    if (from) expect(await server.stack.request(requestOf('NOTIFY'), from)).toMatchObject({ response: { status: 200 } })
  })
})
