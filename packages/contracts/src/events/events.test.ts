import { randomUUID } from 'node:crypto'
import type { TenantId, UserId } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { userVoicemailAssociated, voicemailCreated } from './config.js'
import { createEvent } from './envelope.js'
import { EVENTS } from './index.js'

const context = { originUuid: 'ORIGIN', now: new Date('2026-11-20T21:11:39.258Z') }
const tenant = randomUUID() as TenantId

describe('an event', () => {
  it('carries the same in headers and body, and the body also the data (bus.md 2.2)', () => {
    const user = randomUUID() as UserId
    const event = createEvent(userVoicemailAssociated, { tenant, user }, { user_uuid: user, voicemail_id: 7 }, context)
    const headers = {
      tenant_uuid: tenant,
      [`user_uuid:${user}`]: true,
      name: 'user_voicemail_associated',
      required_access: 'event.user_voicemail_associated',
      required_acl: `events.config.users.${user}.voicemails.updated`,
      origin_uuid: 'ORIGIN',
      timestamp: '2026-11-20T21:11:39.258000',
    }
    expect(event).toMatchObject({ routingKey: `config.users.${user}.voicemails.updated`, headers })
    expect(JSON.parse(event.body)).toEqual({ ...headers, data: { user_uuid: user, voicemail_id: 7 } })
  })

  it('of a tenant is for all its users', () => {
    expect(createEvent(voicemailCreated, { tenant }, { id: 1 }, context).headers).toMatchObject({
      tenant_uuid: tenant,
      'user_uuid:*': true,
    })
  })

  it('cannot smuggle a segment into its ACL or routing key', () => {
    const event = createEvent(
      userVoicemailAssociated,
      { tenant },
      { user_uuid: 'a.#.*', voicemail_id: 1 },
      { ...context },
    )
    expect(
      createEvent(
        userVoicemailAssociated,
        { tenant, user: 'a.#.*' as UserId },
        { user_uuid: 'x', voicemail_id: 1 },
        context,
      ).requiredAcl,
    ).toBe('events.config.users.a__DOT____HASH____DOT____STAR__.voicemails.updated')
    expect(event.headers).not.toHaveProperty('user_uuid:*')
  })
})

describe('the catalogue', () => {
  it('names each event once', () => {
    expect(new Set(EVENTS.map(({ name }) => name)).size).toBe(EVENTS.length)
  })
})
