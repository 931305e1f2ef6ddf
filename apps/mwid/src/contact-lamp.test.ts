import type { DeviceId } from '@lamplighter/domain'
import { Headers, type SipStack, VirtualClock } from '@lamplighter/sip'
import type { StoredContact } from '@lamplighter/store'
import { describe, expect, it } from 'vitest'
import { ContactLamp } from './contact-lamp.js'
import type { LampContent } from './lamp-content.js'
import { DEFAULT_RATES, NotifyPacer } from './notify-pacer.js'

const CONTACT: StoredContact = {
  deviceId: 'd' as DeviceId,
  binding: 'sip:a@192.0.2.7',
  uri: 'sip:a@192.0.2.7',
  instance: null,
  regId: null,
  path: [],
  callId: 'c',
  cseq: 1,
  addressOfRecord: 'sip:a@example.test',
  transport: 'UDP',
  remoteHost: '192.0.2.7',
  remotePort: 5060,
  flowBound: false,
  userAgent: null,
  expiresAt: new Date(3_600_000),
  acknowledgedBody: 'lit',
  refusedUntil: null,
}
type Outcome = Awaited<ReturnType<SipStack['request']>>

const content = (body: string): LampContent => ({ body, tag: [] })
const answer = (status: number): Outcome => ({
  type: 'response',
  response: { kind: 'response', status, reason: '', headers: new Headers(), body: Buffer.alloc(0) },
})

/** A contact that answers when the test says so. */
function newLamp(rates = DEFAULT_RATES) {
  const clock = new VirtualClock()
  const sent: string[] = []
  const outcomes: ((outcome: Outcome) => void)[] = []
  let overtaken = 0
  const lamp = new ContactLamp(
    CONTACT,
    { host: '192.0.2.7', port: 5060 },
    {
      stack: () => ({
        address: '192.0.2.1:5060',
        contact: () => '<sip:mwi@192.0.2.1>',
        request: (request) => {
          sent.push(request.body.toString())
          return new Promise((resolve) => outcomes.push(resolve))
        },
      }),
      clock,
      pacer: new NotifyPacer(rates, clock),
      tenantOf: () => 't',
      wallMs: () => clock.now(),
      sender: () => ({ from: 'sip:*97@192.0.2.1' }),
      trace: { decide: () => [], settle: () => {} },
      metrics: { notified: () => {} },
      remember: () => {},
      onMoved: () => {},
      onOvertaken: () => overtaken++,
      onExpired: () => {},
    },
  )
  const settled = async (outcome: Outcome) => {
    outcomes.shift()?.(outcome)
    await new Promise((resolve) => setImmediate(resolve))
    return overtaken
  }
  return { lamp, sent, settled, clock }
}

describe('a contact told without a subscription', () => {
  it.each([
    ['took a NOTIFY', answer(200), 1],
    ['may have taken it', { type: 'failed', reason: 'timeout' } as const, 1],
    ['did not take it', answer(481), 0],
  ])('after its end says that its phone %s, which another may have told since', async (_how, outcome, times) => {
    const { lamp, sent, settled } = newLamp()
    lamp.show(content('dark'))
    lamp.drop()
    expect(sent).toEqual(['dark'])
    expect(await settled(outcome)).toBe(times)
  })

  it('is told the newest when it had to wait, and nothing when a subscription tells it by then', async () => {
    const { lamp, sent, settled, clock } = newLamp({ perSec: 1, perHopPerSec: 1000 })
    lamp.show(content('first'))
    await settled(answer(200))
    clock.advance(500)
    for (const body of ['second', 'third', 'fourth']) lamp.show(content(body))
    expect(sent).toEqual(['first'])
    clock.advance(1000)
    expect(sent).toEqual(['first', 'fourth'])
    await settled(answer(200))
    lamp.show(content('fifth'))
    clock.advance(300)
    lamp.setSolicited(true)
    clock.advance(5000)
    expect(sent).toEqual(['first', 'fourth'])
    lamp.setSolicited(false)
    clock.advance(5000)
    expect(sent).toEqual(['first', 'fourth', 'fifth'])
  })

  it('is told what it acknowledged once more when that is in doubt, and that there is nothing to show', async () => {
    const sure = newLamp()
    sure.lamp.show(content('lit'))
    expect(sure.sent).toEqual([])
    const doubted = newLamp()
    doubted.lamp.doubt()
    doubted.lamp.show(content('lit'))
    const empty = newLamp()
    empty.lamp.doubt()
    empty.lamp.quieten(content('lit'))
    expect([doubted.sent, empty.sent]).toEqual([['lit'], ['lit']])
  })
})
