import { readdirSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../src/clock.js'
import { NonceFactory } from '../src/digest/nonce.js'
import { DigestAuthenticator } from '../src/digest/server.js'
import { eventOf } from '../src/message/fields.js'
import { parseDatagram } from '../src/message/parser.js'
import { applyRegister } from '../src/registrar/registrar.js'
import { createDialog, dialogRequest, nextHop } from '../src/subscription/dialog.js'
import { newTag } from '../src/user-agent/responses.js'
import { type IncomingRequest, SipStack } from '../src/user-agent/sip-stack.js'
import { MemoryTransport } from './fuzz/memory-transport.js'
import { mutate, seeded } from './fuzz/mutate.js'
import { complaint } from './fuzz/strict-answer.js'

/** `npm run fuzz:sip` asks for a million. */
const MESSAGES = Number(process.env['LAMPLIGHTER_FUZZ_DATAGRAMS'] ?? 5000)
const SEED = Number(process.env['LAMPLIGHTER_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const PEER = { host: '198.51.100.7', port: 5060 } as const
/** Room for caches that fill up to their limit; a leak of one request in a hundred would be more. */
const ALLOWED_GROWTH_BYTES = 12 * 1024 * 1024

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const load = (folder: string, crlf: boolean) =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => name.endsWith('.sip'))
    .map((name) => readFileSync(new URL(`${folder}/${name}`, import.meta.url)))
    .map((bytes) => (crlf ? Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1') : bytes))

/** A stack that does with what comes all that mwid does short of its database. */
function target() {
  const [udp, tcp] = [new MemoryTransport('UDP'), new MemoryTransport('TCP')]
  const clock = new VirtualClock()
  const digest = new DigestAuthenticator(new NonceFactory(Buffer.alloc(32)), 'fuzz')
  const faults: unknown[] = []
  const challenge = ({ respond }: IncomingRequest) =>
    respond(401, [['WWW-Authenticate', digest.challenge('MD5', false)]])
  const stack: SipStack = new SipStack({
    transports: [udp, tcp],
    clock,
    // Everything that waits is over after 64 messages.
    timings: { t1Ms: 1, t2Ms: 8 },
    onError: (error) => faults.push(error),
    handlers: {
      REGISTER: (incoming) => {
        const claimed = digest.claimed(incoming.request)
        if (claimed) digest.verify(incoming.request, claimed, undefined)
        const registration = applyRegister(incoming.request, [], 0)
        if (!registration.ok) return incoming.respond(registration.status)
        challenge(incoming)
      },
      SUBSCRIBE: (incoming) => {
        const { request, from, respond } = incoming
        const dialog = createDialog(request, newTag(), eventOf(request.headers)?.id, from)
        if (typeof dialog === 'string') return respond(400)
        if (dialog.callId.length % 2 === 0) return challenge(incoming)
        respond(200, [['Contact', stack.contact('x', from)]], dialog.localTag)
        const hop = nextHop(dialog)
        if (isIP(hop.host)) void stack.request(dialogRequest(dialog, 'NOTIFY', 1), hop)
      },
    },
  })
  return { stack, udp, tcp, clock, faults }
}

describe('whatever arrives', () => {
  it(
    `${MESSAGES} mutated datagrams and chunks (seed ${SEED}): no exception, flat memory, every answer is SIP`,
    async () => {
      const chance = seeded(SEED)
      const seeds = [...load('torture', false), ...load('../fixtures/valid', true)]
      const { stack, udp, tcp, clock, faults } = target()
      await stack.start()
      let sent = 0
      let heapAtQuarter = 0
      for (let turn = 0; turn < MESSAGES; turn++) {
        const bytes = mutate(seeds, chance)
        if (chance() < 0.7) udp.feed(bytes, { ...PEER, transport: 'UDP' })
        else tcp.feedChunk(bytes, { ...PEER, transport: 'TCP' })
        clock.advance(1)
        for (const answer of [...udp.sent.splice(0), ...tcp.sent.splice(0)]) {
          sent++
          const wrong = judge(answer)
          if (wrong !== undefined)
            throw new Error(`${wrong}\n${answer.toString('latin1')}\nto\n${bytes.toString('latin1')}`)
        }
        if (faults.length > 0) throw new Error(`a fault of message ${turn}`, { cause: faults[0] })
        // Handlers go on in the background.
        if (turn % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
        if (turn === Math.floor(MESSAGES / 4)) heapAtQuarter = heapBytes()
      }
      const grown = heapBytes() - heapAtQuarter
      await stack.stop()
      console.log(`fuzz: seed ${SEED}, ${MESSAGES} in, ${sent} out, heap ${(grown / 1024 / 1024).toFixed(1)} MiB more`)
      expect(sent).toBeGreaterThan(MESSAGES / 20)
      expect(grown).toBeLessThan(ALLOWED_GROWTH_BYTES)
    },
    Math.max(60_000, MESSAGES * 5),
  )
})

it('the strict check finds what is wrong with an answer', () => {
  const right = 'SIP/2.0 400 x\r\nv:SIP/2.0/UDP a\r\nf:<sip:a@b>\r\nt:<sip:a@b>\r\ni:1\r\nCSeq:1 X\r\nl:0\r\n\r\n'
  const check = (from: string, to: string) => complaint(Buffer.from(right.replace(from, to), 'latin1'), false)
  expect(check('', '')).toBeUndefined()
  expect(check('l:0', 'l:1')).toBe('length 1')
  expect(check('l:0', 'l:0\r\nl:0')).toBe('2 Content-Length')
  expect(check('i:1\r\n', '')).toBe('no Call-ID')
  expect(check('i:1', 'i:1\nx')).toContain('header line')
  expect(check('400', '4000')).toContain('start line')
  expect(check('\r\n\r\n', '\r\n')).toBe('no end of the headers')
})

/** By our own parser, and by rules of their own. Only a 400 or 505 may lack what its request lacked. */
function judge(answer: Buffer): string | undefined {
  const answersBroken = /^SIP\/2\.0 (?:400|505) /.test(answer.toString('latin1', 0, 12))
  const wrong = complaint(answer, answersBroken)
  if (wrong !== undefined) return wrong
  const parsed = parseDatagram(answer)
  return parsed.ok || answersBroken ? undefined : `our parser: ${parsed.problem}`
}

function heapBytes(): number {
  collect()
  return process.memoryUsage().heapUsed
}
