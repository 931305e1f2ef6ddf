import { describe, expect, it } from 'vitest'
import { EVENTS } from './index.js'
import { topicKeyOf } from './topic-key.js'

const tenant = { tenant_uuid: 'T', required_acl: 'events.x' }

describe('the key of an event on the topic exchange', () => {
  it('bus.md 5.8.2: is tenant, audience and access', () => {
    expect(topicKeyOf({ ...tenant, 'user_uuid:*': true })).toBe('T.all.events.x')
    expect(topicKeyOf({ ...tenant, 'user_uuid:U': true })).toBe('T.U.events.x')
    expect(topicKeyOf(tenant)).toBe('T.svc.events.x')
    const internal = { ...tenant, name: 'call_logd_voicemail_transcription_created', 'user_uuid:*': true }
    expect(topicKeyOf(internal)).toBe('T.svc.events.x')
  })

  it('is none for what no tenant may have, and is never cut', () => {
    expect(topicKeyOf({ required_acl: 'events.x' })).toBeUndefined()
    expect(topicKeyOf({ tenant_uuid: 'T', required_acl: null })).toBeUndefined()
    expect(topicKeyOf({ tenant_uuid: 'T', required_acl: 'events.#' })).toBeUndefined()
    expect(topicKeyOf({ ...tenant, 'user_uuid:U': true, 'user_uuid:V': true })).toBeUndefined()
    expect(topicKeyOf({ tenant_uuid: 'T', required_acl: `events.${'x'.repeat(250)}` })).toBeUndefined()
  })

  it('has whole words for places, so that an ACL template is a key with `*` for what is not known', () => {
    for (const { acl } of EVENTS) for (const word of acl.split('.')) expect(word).toMatch(/^(\{\w+\}|[^{}*#]+)$/)
  })
})
