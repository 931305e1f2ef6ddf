import { describe, expect, it } from 'vitest'
import type { LampReason } from './lamp.js'
import { type ExplainedLamp, explainLamps } from './lamp-explanation.js'

const lamp = (facts: Partial<ExplainedLamp> = {}): ExplainedLamp => ({
  mailbox: '1001',
  waiting: 2,
  inSync: true,
  reason: 'acknowledged',
  lastStatus: 200,
  confirmed: { waiting: 2, agoSec: 4 },
  ...facts,
})
const wrong = (reason: LampReason, lastStatus: number | null, facts: Partial<ExplainedLamp> = {}) =>
  lamp({ inSync: false, reason, lastStatus, confirmed: { waiting: 0, agoSec: 200 }, ...facts })
const said = (...lamps: ExplainedLamp[]) => explainLamps('reception', lamps)

describe('why a lamp is on or off, in one sentence', () => {
  it('says what waits and that the phone confirmed it', () => {
    expect(said(lamp())).toBe(
      "The lamp of device 'reception' is lit because mailbox 1001 has 2 new messages; the phone confirmed this 4 s ago.",
    )
    expect(said(lamp({ waiting: 0, confirmed: { waiting: 0, agoSec: 7300 } }))).toBe(
      "The lamp of device 'reception' is dark because mailbox 1001 has no new messages; the phone confirmed this 2 h ago.",
    )
  })

  it.each<[LampReason, number | null, string]>([
    ['acknowledged', 200, 'the change is only now on its way to the phone'],
    ['pending', null, 'the phone has not answered yet'],
    ['no_subscription', null, 'the phone has no subscription'],
    ['no_contact', null, 'nobody knows where the phone is: it has neither a subscription nor a registration'],
    ['unreachable', 408, 'the phone did not answer (408)'],
    ['unreachable', null, 'the phone did not answer'],
    ['peer_refused', 489, 'the phone refused to be told (489)'],
    ['retrying', 503, 'the phone asked to be told later (503)'],
    ['held_unknown_counts', null, 'the counts cannot be read, and a guess is never sent'],
    ['switched_off', null, 'the device is set to be told nothing (mwi_mode off)'],
    ['blocked_by_policy', null, 'a policy lets no lamp show this mailbox'],
    ['blocked_by_gateway', null, 'the gateway is set to tell nothing'],
  ])('says what stands against it: %s %s', (reason, status, words) => {
    const head = "The lamp of device 'reception' should be lit because mailbox 1001 has 2 new messages"
    expect(said(wrong(reason, status))).toBe(
      `${head}, but ${words}; the last it confirmed was no new messages, 3 min ago.`,
    )
    expect(said(wrong(reason, status, { confirmed: null }))).toBe(`${head}, but ${words}; it never confirmed anything.`)
  })

  it('says that what was confirmed may be lost by now', () => {
    expect(
      said(lamp({ waiting: 1, reason: 'no_contact', lastStatus: null, confirmed: { waiting: 1, agoSec: 400_000 } })),
    ).toBe(
      "The lamp of device 'reception' is lit because mailbox 1001 has 1 new message; the phone confirmed this 5 days ago, but by now nobody knows where the phone is: it has neither a subscription nor a registration.",
    )
  })

  it('sums the mailboxes of a device, and the wrong one speaks for all', () => {
    const dark = lamp({ mailbox: '1002', waiting: 0 })
    expect(said(lamp(), dark, lamp({ mailbox: '1003', waiting: 1, confirmed: { waiting: 1, agoSec: 60 } }))).toBe(
      "The lamp of device 'reception' is lit because mailbox 1001 has 2 new messages and mailbox 1003 has 1 new message; the phone confirmed this 60 s ago.",
    )
    expect(said(dark, dark)).toContain('is dark because none of its 2 mailboxes has new messages; the phone confirmed')
    expect(said(dark, wrong('peer_refused', 489))).toBe(
      "The lamp of device 'reception' should be lit because mailbox 1001 has 2 new messages, but the phone refused to be told (489) (mailbox 1001); the last it confirmed was no new messages, 3 min ago.",
    )
    expect(said(...['1', '2', '3', '4', '5'].map((mailbox) => lamp({ mailbox })))).toContain(
      'mailbox 3 has 2 new messages and 2 more have some, too;',
    )
  })

  it('says so of a device that watches nothing', () => {
    expect(said()).toBe("The lamp of device 'reception' is dark because the device watches no mailbox.")
  })
})
