import { EMPTY_SUMMARY, type LampCause, RECONCILE, requestCause } from '@lamplighter/domain'
import type { WatchedMailbox } from '@lamplighter/store'
import { describe, expect, it } from 'vitest'
import { LampCauses } from './lamp-causes.js'

const DEVICE = '0d7f0000-0000-4000-8000-000000000001' as WatchedMailbox['deviceId']
const watched = (mailboxId: number): WatchedMailbox => ({
  deviceId: DEVICE,
  tenantId: '0d7f0000-0000-4000-8000-0000000000aa' as WatchedMailbox['tenantId'],
  mwiMode: 'auto',
  watched: true,
  blocked: false,
  acknowledged: undefined,
  mailboxId: mailboxId as WatchedMailbox['mailboxId'],
  number: String(mailboxId),
  own: true,
  revision: 1,
  summary: EMPTY_SUMMARY,
})
const event = (eventId: string, committedAtMs: number): LampCause => ({
  kind: 'event',
  name: 'user_voicemail_mwi_updated',
  eventId,
  committedAtMs,
})
const causesIn = (causes: LampCauses, ...mailboxes: WatchedMailbox[]) =>
  causes.explain(mailboxes).map((one) => one.cause)

describe('why a lamp is looked at', () => {
  it('is the event of its own mailbox, not that of another one shown along', () => {
    const causes = new LampCauses()
    causes.ofMailbox(watched(1).mailboxId, event('a', 1))
    expect(causesIn(causes, watched(1), watched(2))).toEqual([event('a', 1), undefined])
  })

  it('is the newest of several events, late since the first of them', () => {
    const causes = new LampCauses()
    for (const [id, at] of [
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ] as const)
      causes.ofMailbox(watched(1).mailboxId, event(id, at))
    expect(causesIn(causes, watched(1))).toEqual([event('c', 10)])
  })

  it('is a change rather than a look, and a reassertion of this lamp before all', () => {
    const causes = new LampCauses()
    causes.ofDevice(DEVICE, event('a', 1))
    causes.ofDevice(DEVICE, RECONCILE)
    causes.ofDevice(DEVICE, requestCause('SUBSCRIBE'))
    const reassertion = { ...RECONCILE, kind: 'reassert' } as const
    causes.ofLamp(watched(2), reassertion)
    expect(causesIn(causes, watched(1), watched(2))).toEqual([event('a', 1), reassertion])
    expect(causes.devices).toEqual([DEVICE])
  })

  it('is kept while the counts cannot be read, and joined by what comes meanwhile', () => {
    const held = new LampCauses()
    held.ofMailbox(watched(1).mailboxId, event('a', 1))
    const newer = new LampCauses()
    newer.ofMailbox(watched(2).mailboxId, event('b', 2))
    const all = held.withNewer(newer)
    expect([all.held, causesIn(all, watched(1), watched(2))]).toEqual([false, [event('a', 1), event('b', 2)]])
    expect(all.withNewer(new LampCauses()).held).toBe(true)
  })
})
