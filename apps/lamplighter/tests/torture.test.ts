import { createSocket, type Socket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestInstallation } from './support.js'

const FOLDER = new URL('../../../packages/sip/tests/torture/', import.meta.url)
type Expected = { readonly about: string; readonly reply: number | null }
const EXPECTED = JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8')) as Record<string, Expected>
const bytesOf = (file: string) => readFileSync(new URL(file, FOLDER))

/** Asked behind each message: when this is answered, an answer to the message would have come too. */
const probe = (id: string) =>
  Buffer.from(
    `OPTIONS sip:probe SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK${id};rport\r\nMax-Forwards: 70\r\nFrom: <sip:p@example.com>;tag=1\r\nTo: <sip:p@example.com>\r\nCall-ID: ${id}\r\nCSeq: 1 OPTIONS\r\nUser-Agent: the probe behind a torture message\r\nSubject: ${'x'.repeat(80)}\r\nContent-Length: 0\r\n\r\n`,
  )

describe('the torture messages of RFC 4475, sent to mwid', () => {
  let installation: TestInstallation
  let socket: Socket
  let got: string[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
    socket = createSocket('udp4')
    socket.on('message', (bytes) => got.push(bytes.toString('latin1')))
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    socket.close()
    await installation.stop()
  })

  const send = (bytes: Buffer) => socket.send(bytes, installation.sipPort, '127.0.0.1')
  const statuses = () => got.filter((text) => !text.includes('probe-')).map((text) => Number(text.slice(8, 11)))

  it.each(Object.entries(EXPECTED))('%s over UDP', async (file, { reply }) => {
    got = []
    const sent = bytesOf(file)
    send(sent)
    if (reply === null) {
      send(probe(`probe-${file}`))
      await waitFor(() => got.some((text) => text.includes('probe-')), { what: 'the answer to the probe' })
      await delay(50)
      expect(statuses()).toEqual([])
      return
    }
    await waitFor(() => statuses().length > 0, { what: `the answer ${reply}` })
    expect(statuses()).toEqual([reply])
    expect(got.every((text) => text.length <= sent.length)).toBe(true)
    if (reply === 420) expect(got[0]).toMatch(/^Unsupported: nothingSupportsThis, nothingSupportsThisEither\r$/m)
    if (reply === 405) expect(got[0]).toMatch(/^(?:Allow: .*SUBSCRIBE|l:0)/m)
  })

  it.each(['15-clerr.sip', '16-ncl.sip', '42-mcl01.sip'])('%s over TCP ends its connection', async (file) => {
    const stream = net.connect(installation.lamplighter.sipPorts?.TCP ?? 0, '127.0.0.1')
    let text = ''
    let closed = false
    stream.on('data', (bytes) => {
      text += bytes.toString()
    })
    stream.on('error', () => {})
    stream.on('close', () => {
      closed = true
    })
    stream.write(bytesOf(file))
    await waitFor(() => closed, { what: 'the connection to close', timeoutMs: 20_000 })
    // A message that promises more than it sends is waited for, and then there is nobody to answer.
    expect(text.slice(0, 11)).toBe(file === '15-clerr.sip' ? '' : 'SIP/2.0 400')
  })
})
