import { createSocket, type Socket } from 'node:dgram'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Tenant, TestInstallation } from './support.js'

const METHODS = [
  'REGISTER',
  'SUBSCRIBE',
  'OPTIONS',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'PUBLISH',
  'BYE',
  'UNKNOWN',
] as const

/** Who has not proved who he is gets nothing worth forging a sender for, and learns nothing of who there is. */
describe('unauthenticated requests over UDP', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let socket: Socket
  let got: string[] = []
  let turn = 0
  const lengths = new Map<string, number>()

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    socket = createSocket('udp4')
    socket.on('message', (bytes) => got.push(bytes.toString('latin1')))
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    socket.close()
    await installation.stop()
  })

  /** A request as short as one can be, or one with this much more in it. */
  function requestOf(method: string, user: string, padding: number, lines: readonly string[] = []): Buffer {
    turn++
    const id = String(turn).padStart(4, '0')
    const start = [`${method} sip:${user}@a SIP/2.0`, `v:SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK${id};rport`]
    const rest = [`f:<sip:${user}@a>;tag=1`, `t:<sip:${user}@a>`, `i:${id}`, `CSeq:1 ${method}`, ...lines]
    const more = padding > 0 ? [`X:${'x'.repeat(padding)}`] : []
    const bytes = Buffer.from([...start, ...rest, ...more, '', ''].join('\r\n'))
    lengths.set(id, bytes.length)
    return bytes
  }

  const idOf = (text: string) => /^(?:i|Call-ID): ?(\d{4})/m.exec(text)?.[1] ?? ''

  async function settled(): Promise<void> {
    const probe = requestOf('REGISTER', `probe${turn}`, 400, EXTRA['REGISTER'])
    socket.send(probe, installation.sipPort, '127.0.0.1')
    const id = String(turn).padStart(4, '0')
    await waitFor(() => got.some((text) => idOf(text) === id), { what: 'the probe', intervalMs: 5 })
  }

  const EXTRA: Readonly<Record<string, readonly string[]>> = {
    REGISTER: ['m:<sip:x@127.0.0.1>'],
    SUBSCRIBE: ['m:<sip:x@127.0.0.1>', 'o:message-summary'],
  }

  it('get no more bytes out than in, whatever they ask and however short they are', async () => {
    got = []
    for (const method of METHODS) {
      for (const lines of [EXTRA[method] ?? [], [], ['Require:a'], ['Max-Forwards:999'], ['Event:presence']]) {
        for (const padding of [0, 10, 40, 80, 120, 160, 200, 240, 300, 400]) {
          socket.send(requestOf(method, `u${turn}`, padding, lines), installation.sipPort, '127.0.0.1')
        }
        // Behind them one that is answered for certain: then they were answered, or will not be.
        await settled()
      }
    }
    const answers = got.filter((text) => !text.includes('sip:probe'))
    for (const text of answers) expect(text.length, text).toBeLessThanOrEqual(lengths.get(idOf(text)) ?? 0)
    const answered = answers.length
    expect(answered).toBeGreaterThan(200)
    expect(new Set(answers.map((text) => text.slice(8, 11)))).toEqual(
      new Set(['200', '400', '401', '405', '420', '489', '501']),
    )
  }, 120_000)

  it.each(['REGISTER', 'SUBSCRIBE'] as const)(
    '%s is answered alike for a known and an unknown user',
    async (method) => {
      const known = await installation.device(tenant)
      const unknown = `x${known.username.slice(1)}`
      const answers: string[] = []
      for (const user of [known.username, unknown]) {
        for (const padding of [0, 200, 400]) {
          got = []
          const request = requestOf(method, user, padding, EXTRA[method])
          socket.send(request, installation.sipPort, '127.0.0.1')
          socket.send(requestOf('OPTIONS', 'probe', 400), installation.sipPort, '127.0.0.1')
          await waitFor(() => got.some((text) => text.includes('sip:probe@')), { what: 'the probe' })
          if (padding === 400) await waitFor(() => got.length === 2, { what: 'the 401' })
          const [answer = 'none'] = got.filter((text) => !text.includes('sip:probe@'))
          answers.push(answer.replaceAll(user, 'user').replace(/nonce="[^"]*"|tag=[0-9a-f]{6}\b|\d{4}/g, '*'))
        }
      }
      expect(answers.slice(0, 3)).toEqual(answers.slice(3))
      expect(answers[2]).toMatch(/^SIP\/2\.0 401/)
    },
  )
})
