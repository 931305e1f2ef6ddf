import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from '@lamplighter/bus'
import { type EventRecord, globalMwiUpdated, voicemailCreated } from '@lamplighter/contracts'
import type { MailboxId } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { LAMP_EVENTS } from './consumers.js'
import { NearbyEvents } from './nearby-events.js'

function event(name = globalMwiUpdated.name): EventRecord {
  const nobody = {
    tenantId: null,
    userId: null,
    routingKey: name,
    requiredAcl: '',
    mailboxId: 7 as MailboxId,
    mailboxRevision: 3,
  }
  return { eventId: randomUUID(), name, headers: { name } as never, body: '{}', ...nobody }
}

function overTheBus({ eventId, name }: EventRecord): IncomingMessage {
  return { eventId, name, headers: {}, body: Buffer.from('{}'), cursor: undefined, redelivered: false }
}

function ears() {
  const handled: (string | undefined)[] = []
  const nearby = new NearbyEvents(
    {
      queue: 'q',
      durability: 'exclusive',
      bindings: [],
      prefetch: 1,
      handle: ({ eventId, headers }) => {
        handled.push(eventId)
        return headers['poison'] ? 'dead_letter' : 'ack'
      },
    },
    LAMP_EVENTS,
  )
  return { nearby, handled }
}

describe('events of the own process', () => {
  it('wake once: at once, and not again when they arrive over the bus', () => {
    const { nearby, handled } = ears()
    const [own, other] = [event(), event()]
    nearby.hear([own])
    expect(handled).toEqual([own.eventId])
    expect(nearby.consumer.handle(overTheBus(own))).toBe('ack')
    expect(nearby.consumer.handle(overTheBus(other))).toBe('ack')
    expect(handled).toEqual([own.eventId, other.eventId])
  })

  it('that do not concern lamps are left to the bus', () => {
    const { nearby, handled } = ears()
    nearby.hear([event(voicemailCreated.name)])
    expect(handled).toEqual([])
  })

  it('that could not be handled are handled again over the bus, which parks them', () => {
    const { nearby, handled } = ears()
    const own = { ...event(), headers: { poison: true } as never }
    nearby.hear([own])
    void nearby.consumer.handle(overTheBus(own))
    expect(handled).toHaveLength(2)
  })

  it('are remembered up to a bound: of those beyond it the oldest are looked at twice', () => {
    const { nearby, handled } = ears()
    const said = Array.from({ length: 10_001 }, () => event())
    nearby.hear(said)
    for (const one of [said[0], said[1], said[10_000]]) if (one) void nearby.consumer.handle(overTheBus(one))
    expect(handled).toHaveLength(10_002)
    expect(handled.at(-1)).toBe(said[0]?.eventId)
  })
})
