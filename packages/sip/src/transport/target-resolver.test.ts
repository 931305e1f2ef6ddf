import { createSocket } from 'node:dgram'
import { type Answer, decode, encode } from 'dns-packet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderServices } from './srv-order.js'
import { TargetResolver } from './target-resolver.js'
import type { RemoteAddress } from './transport.js'

const naptr = (name: string, order: number, services: string, replacement: string): Answer => ({
  type: 'NAPTR',
  name,
  data: { order, preference: 10, flags: 's', services, regexp: '', replacement },
})
const srv = (name: string, priority: number, weight: number, target: string, port: number): Answer => ({
  type: 'SRV',
  name,
  data: { priority, weight, target, port },
})
const address = (name: string, data: string): Answer => ({ type: data.includes(':') ? 'AAAA' : 'A', name, data })

const ZONE: readonly Answer[] = [
  naptr('full.example', 20, 'SIP+D2U', '_sip._udp.full.example'),
  naptr('full.example', 10, 'SIPS+D2T', '_sips._tcp.full.example'),
  naptr('full.example', 5, 'E2U+sip', 'nothing.example'),
  srv('_sips._tcp.full.example', 2, 0, 'b.full.example', 5071),
  srv('_sips._tcp.full.example', 1, 0, 'a.full.example', 5070),
  srv('_sip._udp.full.example', 1, 0, 'a.full.example', 5060),
  address('a.full.example', '192.0.2.1'),
  address('b.full.example', '192.0.2.2'),
  address('b.full.example', '2001:db8::2'),
  srv('_sip._tcp.srv.example', 1, 0, 'a.full.example', 5080),
  address('plain.example', '192.0.2.9'),
  srv('_sip._udp.off.example', 1, 0, '.', 0),
]

/** A small real name server on loopback. */
async function serveZone() {
  const socket = createSocket('udp4')
  let asked = 0
  socket.on('message', (bytes, { port, address: host }) => {
    const query = decode(bytes)
    asked++
    const questions = query.questions ?? []
    const answers = ZONE.filter(({ name, type }) => questions.some((one) => one.name === name && one.type === type))
    socket.send(encode({ ...query, type: 'response', flags: 0x0180, answers: [...answers] }), port, host)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { socket, server: `127.0.0.1:${socket.address().port}`, asked: () => asked }
}

describe('the servers of a name (RFC 3263)', () => {
  let dns: Awaited<ReturnType<typeof serveZone>>
  beforeAll(async () => {
    dns = await serveZone()
  })
  afterAll(() => {
    dns.socket.close()
  })

  const resolve = async (to: RemoteAddress, supported = ['UDP', 'TCP', 'TLS'] as const) => {
    const targets = await new TargetResolver({ servers: [dns.server] }).resolve(to, supported)
    return targets.map(({ host, port, transport }) => `${transport} ${host} ${port}`)
  }

  it('are those of NAPTR in its order, by SRV priority, at every address', async () => {
    expect(await resolve({ host: 'full.example', port: 0 })).toEqual([
      'TLS 192.0.2.1 5070',
      'TLS 192.0.2.2 5071',
      'TLS 2001:db8::2 5071',
      'UDP 192.0.2.1 5060',
    ])
    const targets = await new TargetResolver({ servers: [dns.server] }).resolve({ host: 'full.example', port: 0 }, [
      'UDP',
    ])
    expect(targets).toEqual([{ host: '192.0.2.1', port: 5060, transport: 'UDP', serverName: 'full.example' }])
  })

  it('are those of SRV where the transport is known, or where there is no NAPTR', async () => {
    expect(await resolve({ host: 'full.example', port: 0, transport: 'UDP' })).toEqual(['UDP 192.0.2.1 5060'])
    expect(await resolve({ host: 'srv.example', port: 0 })).toEqual(['TCP 192.0.2.1 5080'])
  })

  it('are its addresses where a port is given, or nothing else is known', async () => {
    expect(await resolve({ host: 'plain.example', port: 5090, transport: 'TCP' })).toEqual(['TCP 192.0.2.9 5090'])
    expect(await resolve({ host: 'plain.example', port: 5090 })).toEqual(['UDP 192.0.2.9 5090'])
    expect(await resolve({ host: 'plain.example', port: 0, transport: 'TLS' })).toEqual(['TLS 192.0.2.9 0'])
    expect(await resolve({ host: 'plain.example', port: 0 })).toEqual(['UDP 192.0.2.9 0'])
  })

  it('are none where the name leads nowhere', async () => {
    expect(await resolve({ host: 'nowhere.example', port: 0 })).toEqual([])
    expect(await resolve({ host: 'off.example', port: 0 })).toEqual([])
  })

  it('are the address itself where there is no name', async () => {
    expect(await resolve({ host: '192.0.2.1', port: 0 })).toEqual(['undefined 192.0.2.1 0'])
  })

  it('are remembered for half a minute', async () => {
    let nowMs = 0
    const resolver = new TargetResolver({ servers: [dns.server], now: () => nowMs })
    const ask = () => resolver.resolve({ host: 'plain.example', port: 5060 }, ['UDP'])
    const before = dns.asked()
    await ask()
    const once = dns.asked() - before
    nowMs = 29_000
    await ask()
    expect(dns.asked() - before).toBe(once)
    nowMs = 31_000
    await ask()
    expect(dns.asked() - before).toBe(2 * once)
  })

  it('know names that only this machine knows', async () => {
    const targets = await new TargetResolver().resolve({ host: 'localhost', port: 5060 }, ['UDP'])
    expect(targets.map(({ host }) => host)).toContain('127.0.0.1')
  })
})

describe('servers of one priority (RFC 2782)', () => {
  it('are drawn in proportion to their weight', () => {
    const records = [
      { priority: 1, weight: 70, name: 'a' },
      { priority: 1, weight: 30, name: 'b' },
      { priority: 0, weight: 0, name: 'first' },
    ]
    const names = (chance: number) => orderServices(records, () => chance).map(({ name }) => name)
    expect(names(0.2)).toEqual(['first', 'b', 'a'])
    expect(names(0.9)).toEqual(['first', 'a', 'b'])
  })
})
