import { describe, expect, it } from 'vitest'
import { type GatewayLampFacts, type LampFacts, presentGatewayReason, presentReason } from './lamp-reason.js'

const facts: LampFacts = {
  ledgerReason: 'acknowledged',
  inSync: true,
  mwiMode: 'auto',
  hasSubscription: true,
  hasContact: true,
}
const nowhere = { hasSubscription: false, hasContact: false }
const registered = { hasSubscription: false, hasContact: true, mwiMode: 'solicited' } as const

describe('the reason of a lamp at this moment', () => {
  it.each<[string, Partial<LampFacts>, string]>([
    ['what was confirmed is right', {}, 'acknowledged'],
    ['what was confirmed is not right any more', { inSync: false }, 'pending'],
    ['nothing was ever decided, and nobody is there', { ledgerReason: null, inSync: false, ...nowhere }, 'no_contact'],
    [
      'nothing was ever decided, and it only registered',
      { ledgerReason: null, inSync: false, ...registered },
      'no_subscription',
    ],
    [
      'it registered just now, and is told there',
      { ledgerReason: 'no_contact', inSync: false, hasSubscription: false },
      'pending',
    ],
    ['nothing was decided yet about a subscriber', { ledgerReason: null, inSync: false }, 'pending'],
    ['its subscription ended and it is gone', { ledgerReason: 'no_subscription', ...nowhere }, 'no_contact'],
    ['its subscription ended', { ledgerReason: 'no_subscription', ...registered }, 'no_subscription'],
    ['it subscribed again just now', { ledgerReason: 'no_subscription', inSync: false }, 'pending'],
    ['it refused', { ledgerReason: 'peer_refused', inSync: false, ...nowhere }, 'peer_refused'],
    ['it is switched off, whatever else', { mwiMode: 'off', inSync: false }, 'switched_off'],
  ])('%s', (_what, some, reason) => {
    expect(presentReason({ ...facts, ...some })).toBe(reason)
  })
})

describe("the reason of a gateway's lamp at this moment", () => {
  const right: GatewayLampFacts = { ledgerReason: 'acknowledged', inSync: true, blockedBy: null }
  it.each<[string, Partial<GatewayLampFacts>, string]>([
    ['what was confirmed is right', {}, 'acknowledged'],
    ['what was confirmed is not right any more', { inSync: false }, 'pending'],
    ['nothing was ever decided', { ledgerReason: null, inSync: false }, 'pending'],
    ['nothing was ever decided about what a switch keeps dark', { ledgerReason: null, blockedBy: 'policy' }, 'pending'],
    ['its policy keeps it dark', { ledgerReason: 'blocked_by_policy', blockedBy: 'policy' }, 'blocked_by_policy'],
    ['a switch turned since, and nothing waited', { blockedBy: 'gateway' }, 'blocked_by_gateway'],
    ['the switch turned back, and nothing waits', { ledgerReason: 'blocked_by_gateway' }, 'acknowledged'],
    ['the switch turned back just now', { ledgerReason: 'blocked_by_gateway', inSync: false }, 'pending'],
    ['it refuses to go dark', { ledgerReason: 'peer_refused', inSync: false, blockedBy: 'gateway' }, 'peer_refused'],
    ['telling it again fails', { ledgerReason: 'retrying' }, 'retrying'],
  ])('%s', (_what, some, reason) => {
    expect(presentGatewayReason({ ...right, ...some })).toBe(reason)
  })
})
