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

  describe.each(['REGISTER', 'SUBSCRIBE'] as const)('%s of a device that wants SHA-256', (method) => {
    const EVERYTHING = /nonce="[^"]*"|tag=[0-9a-f]{6}\b|^(i:|Call-ID: ?)\d{4}|z9hG4bK\d{4}/gm

    /** The answer but for what differs in any two, in a domain or at a bare address. */
    async function answerTo(user: string, domain: string): Promise<string> {
      got = []
      const request = requestOf(method, user, 400, EXTRA[method])
        .toString('latin1')
        .replaceAll(`${user}@a`, `${user}@${domain}`)
      socket.send(request, installation.sipPort, '127.0.0.1')
      return waitFor(() => got[0]?.replaceAll(user, 'user').replace(EVERYTHING, '*'), { what: `an answer to ${user}` })
    }
    const names = Array.from({ length: 40 }, (_, index) => `nobody${index}`)

    it('is answered as names are that nobody has, and so is one that wants MD5 beside it', async () => {
      const mixed = await installation.tenant()
      const strong = await installation.device(mixed, { digest_algorithm: 'SHA-256' })
      const plain = await installation.device(mixed)
      const [known, knownPlain] = [
        await answerTo(strong.username, '127.0.0.1'),
        await answerTo(plain.username, '127.0.0.1'),
      ]
      expect([known, knownPlain].map((text) => /algorithm=SHA-256/.test(text))).toEqual([true, false])
      const share = async () => {
        const answers = []
        for (const name of names) answers.push(await answerTo(name, '127.0.0.1'))
        return answers
      }
      // What share of the devices want it is known for five seconds; from then on each name is answered as it was.
      const answers = await waitFor(
        async () => {
          const [before, after] = [await share(), await share()]
          return new Set(after).size === 2 && String(before) === String(after) ? after : undefined
        },
        { what: 'decoys', timeoutMs: 20_000 },
      )
      expect(new Set(answers)).toEqual(new Set([known, knownPlain]))
    }, 60_000)

    it('is answered as every name is, where all of a domain want it', async () => {
      const secure = await installation.tenant()
      const domain = `${method.toLowerCase()}.example`
      const master = await installation.master()
      await master.call('PUT', `/api/auth/0.1/tenants/${secure.uuid}`, { domain_names: [domain] })
      const device = await installation.device(secure, { digest_algorithm: 'SHA-256' })
      const known = await waitFor(
        async () => {
          const answer = await answerTo(device.username, domain)
          return answer.includes(`realm="${domain}"`) && answer
        },
        { what: 'the domain to be a realm', timeoutMs: 15_000 },
      )
      expect(known).toContain('algorithm=SHA-256')
      for (const name of names.slice(0, 10)) expect(await answerTo(name, domain)).toBe(known)
    }, 60_000)
  })
})
