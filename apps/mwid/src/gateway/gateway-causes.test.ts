import type { MailboxId, TenantId } from '@lamplighter/domain'
import type { GatewayLamp } from '@lamplighter/store'
import { describe, expect, it } from 'vitest'
import { type Again, ALL_AGAIN, isAgain } from './gateway-causes.js'

const summary = { new: 1, old: 0, urgentNew: 0, urgentOld: 0 }
const place = { number: '1001', context: 'x', address: null }
const lamp: GatewayLamp = {
  ...place,
  gatewayId: 'g',
  tenantId: 't' as TenantId,
  mailboxId: 1 as MailboxId,
  served: true,
  blockedBy: null,
  revision: 1,
  summary,
  acknowledged: { ...place, summary, at: new Date(0) },
  publication: undefined,
}

describe('a lamp among those told again', () => {
  it.each<[string, Partial<Again>, Partial<GatewayLamp>, boolean]>([
    ['any', {}, {}, true],
    ['of its tenant', { tenantId: 't' }, {}, true],
    ['of another tenant', { tenantId: 'u' }, {}, false],
    ['in sync', { inSync: true }, {}, true],
    ['wrong, and it is right', { inSync: false }, {}, false],
    ['wrong, and it was never told', { inSync: false }, { acknowledged: undefined }, true],
    ['wrong, and it was told other counts', { inSync: false }, { summary: { ...summary, old: 1 } }, true],
    ['wrong, and it was told under another number', { inSync: false }, { number: '1002' }, true],
    ['lit', { lit: true }, {}, true],
    ['dark, and it is lit', { lit: false }, {}, false],
    ['lit, and it is dark', { lit: true }, { summary: { ...summary, new: 0 } }, false],
  ])('%s', (_what, again, some, expected) => {
    expect(isAgain({ ...lamp, ...some }, { ...ALL_AGAIN, ...again })).toBe(expected)
  })

  it('none', () => expect(isAgain(lamp, null)).toBe(false))
})
