import { setTimeout as delay } from 'node:timers/promises'
import { type Principal, toPrincipal } from '@lamplighter/access'
import type { SessionId, SessionRecord, TenantId, UserId } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { type Member, Members } from './members.js'
import { OutgoingEvent } from './outgoing-event.js'
import { Viewer } from './viewer.js'

const base: SessionRecord = {
  sessionId: 's' as SessionId,
  userId: 'u' as UserId,
  username: null,
  tenantId: 't' as TenantId,
  tenantIsMaster: false,
  purpose: 'user',
  admin: false,
  acl: ['#'],
  mobile: false,
  userAgent: '',
  remoteAddr: '',
  createdAt: new Date(0),
  expiresAt: new Date(Date.now() + 3_600_000),
}
const principal = (facts: Partial<SessionRecord> = {}): Principal => toPrincipal({ ...base, ...facts })

/** Somebody who counts what he is offered, and leaves when he is told to. */
function join(members: Members, who: Principal, leaves = false) {
  let viewer = new Viewer(who)
  const seen = { events: 0, closed: [] as number[] }
  const member: Member = {
    get viewer() {
      return viewer
    },
    offer: () => {
      seen.events += 1
      if (leaves) members.remove(member)
    },
    renew: (next) => {
      viewer = next
    },
    ping: () => {},
    close: ({ code }) => {
      seen.closed.push(code)
      members.remove(member)
    },
  }
  members.add(member)
  return { member, seen }
}

function event(users: readonly string[], tenant = 't'): OutgoingEvent {
  const headers = Object.fromEntries(users.map((user) => [`user_uuid:${user}`, true]))
  const source = { name: 'x', headers: { ...headers, tenant_uuid: tenant }, body: '{}' }
  return new OutgoingEvent({ ...source, eventId: undefined, cursor: undefined }, '')
}

describe('members', () => {
  it('offers an event for a user to each of his members once, to admins and masters of reach, and to nobody else', () => {
    const members = new Members()
    const first = join(members, principal())
    const second = join(members, principal())
    const admin = join(members, principal({ admin: true }))
    const master = join(members, principal({ tenantIsMaster: true, tenantId: 'm' as TenantId }))
    const other = join(members, principal({ userId: 'v' as UserId }))
    members.dispatch(event(['u', 'v']))
    members.dispatch(event(['u'], 'elsewhere'))
    members.dispatch(event(['*']))
    const counts = [first, second, admin, master, other].map(({ seen }) => seen.events)
    expect(counts).toEqual([2, 2, 2, 3, 2])
    expect(members.countOf(base.userId)).toBe(4)
  })

  it('goes on with the others when one leaves at an event', () => {
    const members = new Members()
    const all = [true, false, true, false].map((leaves) => join(members, principal(), leaves))
    members.dispatch(event(['u']))
    members.dispatch(event(['u']))
    expect(all.map(({ seen }) => seen.events)).toEqual([1, 2, 1, 2])
    expect(members.countOf(base.userId)).toBe(2)
  })

  it('closes each with 4003 when its time is over, whatever the order in which they came, and counts the renewed time', async () => {
    const members = new Members()
    const inMs = (ms: number) => principal({ expiresAt: new Date(Date.now() + ms) })
    const [late, soon, renewed] = [join(members, inMs(300)), join(members, inMs(60)), join(members, inMs(60))]
    const lasting = join(members, principal())
    members.renew(renewed.member, new Viewer(principal()))
    await delay(200)
    expect([late, soon].map(({ seen }) => seen.closed)).toEqual([[], [4003]])
    await delay(250)
    expect([late, renewed, lasting].map(({ seen }) => seen.closed)).toEqual([[4003], [], []])
  })
})
