import { randomUUID } from 'node:crypto'
import { EVENTS, type EventDefinition } from '@lamplighter/contracts'
import { takeTestVhost, waitFor } from '@lamplighter/testing'
import { type ChannelModel, connect } from 'amqplib'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiClient } from '../src/demo/api-client.js'
import { AuthBench } from './auth-support.js'
import { BusEar, type HeardMessage } from './bus-ear.js'
import { RawNotifier } from './raw-notifier.js'
import { SipPeer } from './sip-peer.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const AUTH = '/api/auth/0.1'
const OWN = '/api/calld/1.0/users/me/voicemails/messages'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ESCAPES: Readonly<Record<string, string>> = { '.': '__DOT__', '#': '__HASH__', '*': '__STAR__' }

describe('Show 1: every event of the catalogue, caused over REST and read from wazo-headers', () => {
  let installation: TestInstallation
  let sayer: ChannelModel
  let ear: BusEar
  let auth: AuthBench
  let master: ApiClient
  let tenant: Tenant
  let anna: Person
  let bob: Person
  let box: Voicemail
  let shared: Voicemail
  const covered = new Set<string>()

  beforeAll(async () => {
    const { url } = await takeTestVhost()
    installation = await TestInstallation.start({ AMQP_URL: url })
    auth = await AuthBench.open(installation)
    master = await installation.master()
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    bob = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
    shared = await installation.mailbox(tenant, { accesstype: 'global' })
    sayer = await connect(url)
    ear = await BusEar.open(url, (sip_username) => tenant.admin.call('POST', `${CONFD}/devices`, { sip_username }))
  })
  afterAll(async () => {
    await ear.close()
    await sayer.close()
    await auth.close()
    await installation.stop()
  })

  const confd = <Answer = unknown>(method: string, path: string, body?: unknown) =>
    tenant.admin.call<Answer>(method, CONFD + path, body)
  const by = (person: Person, method: string, path: string, body?: unknown) => person.api.call(method, OWN + path, body)
  const leave = async (mailbox: Voicemail) => (await tenant.admin.deposit<{ id: string }>(mailbox.id, wav(100), {})).id
  const userOf = (mailbox: Voicemail) => (mailbox.id === box.id ? 'user_voicemail' : 'global_voicemail')
  const dataOf = ({ body }: HeardMessage) => (JSON.parse(body) as { data: Record<string, unknown> }).data

  /** The names of what this work says, each message checked to the last byte. */
  async function said(work: () => Promise<unknown>): Promise<string[]> {
    const messages = await ear.during(work)
    for (const message of messages) await checkMessage(message)
    return messages.map(({ name }) => name)
  }

  /** Properties, routing key, headers and body of bus.md 2.2 and 2.3, made anew here from what the catalogue declares. */
  async function checkMessage(message: HeardMessage): Promise<void> {
    const definition = EVENTS.find(({ name }) => name === message.name)
    if (!definition) throw new Error(`${message.name} is not in the catalogue`)
    const { properties, headers, body, name } = message
    const { contentType, contentEncoding, deliveryMode, priority, messageId, type, appId } = properties
    expect([contentType, contentEncoding, deliveryMode, priority]).toEqual(['application/json', 'utf-8', 2, 0])
    expect([type, appId, messageId]).toEqual([name, 'lamplighter', expect.stringMatching(UUID)])
    const data = dataOf(message)
    const values = { ...data, tenant_uuid: headers['tenant_uuid'], user_uuid: userIn(message) }
    expect(message.routingKey).toBe(filled(definition.routingKey, values))
    expect(headers).toEqual({
      ...audienceOf(definition, message),
      ...(definition.attributes ? { session_uuid: data['uuid'] } : {}),
      name,
      required_access: `event.${name}`,
      required_acl: filled(definition.acl, values),
      origin_uuid: installation.lamplighter.originUuid,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
    })
    expect(body).toBe(JSON.stringify({ ...(JSON.parse(body) as object), data }))
    expect(JSON.parse(body)).toEqual({ ...headers, data })
    expect([data, Check(definition.data, data)]).toEqual([data, true])
    const logged = await auth.sql<{ body: string }>('SELECT body FROM event WHERE event_id = $1', [messageId])
    expect(logged).toEqual([{ body }])
    covered.add(name)
  }

  function audienceOf({ kind }: EventDefinition, message: HeardMessage): Record<string, unknown> {
    if (kind === 'service') return {}
    const tenant_uuid = expect.stringMatching(UUID)
    if (kind === 'tenant') return { tenant_uuid, 'user_uuid:*': true }
    const user = userIn(message)
    return { tenant_uuid, ...(user === null ? {} : { [`user_uuid:${user}`]: true }) }
  }

  /** The user a message says it is for. */
  function userIn(message: HeardMessage): unknown {
    const { user_uuid: user } = dataOf(message)
    return user ?? null
  }

  function filled(template: string, values: Record<string, unknown>): string {
    return template.replace(/\{(\w+)\}/g, (_place, key: string) =>
      String(values[key]).replace(/[.#*]/g, (char) => ESCAPES[char] ?? char),
    )
  }

  it('tenants: added, updated, deleted', async () => {
    const events = await said(async () => {
      const name = `n${randomUUID()}`
      const { uuid } = await master.call<{ uuid: string }>('POST', `${AUTH}/tenants`, { name })
      await master.call('PUT', `${AUTH}/tenants/${uuid}`, { name: `${name}-2` })
      await master.call('DELETE', `${AUTH}/tenants/${uuid}`)
    })
    expect(events).toEqual(['auth_tenant_added', 'auth_tenant_updated', 'auth_tenant_deleted'])
  })

  it('sessions and refresh tokens: created, deleted, about to end', async () => {
    const events = await said(async () => {
      await auth.token(bob.username, { body: { access_type: 'offline', client_id: 'a.b' } })
      await auth.call('DELETE', '/users/me/tokens/a.b', { token: bob.api.token })
      await auth.token(bob.username, { body: { expiration: 30 } })
    })
    expect(events).toEqual([
      'auth_refresh_token_created',
      'auth_session_created',
      'auth_session_deleted',
      'auth_refresh_token_deleted',
      'auth_session_created',
      'auth_session_expire_soon',
    ])
  })

  it('rights: of a user, and of everyone who has a policy', async () => {
    const events = await said(async () => {
      const policy = { name: `p${randomUUID()}`, acl: [] }
      const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', `${AUTH}/policies`, policy)
      await tenant.admin.call('PUT', `${AUTH}/users/${bob.uuid}/policies/${uuid}`)
      await tenant.admin.call('PUT', `${AUTH}/policies/${uuid}`, { ...policy, acl: ['confd.voicemails.read'] })
    })
    expect(events).toEqual(['auth_user_rights_changed', 'auth_policy_changed'])
  })

  it('settings of the installation and of the tenant; setting them again says nothing', async () => {
    const zone = { items: [{ name: 'eu', timezone: 'Europe/Paris' }] }
    const set = async () => {
      await master.call('PUT', `${CONFD}/asterisk/voicemail/general`, { options: { a: 'b' } })
      await master.call('PUT', `${CONFD}/asterisk/voicemail/zonemessages`, zone)
      await confd('PUT', '/voicemails/zonemessages', { items: [{ name: 'own', timezone: 'Europe/Rome' }] })
      await confd('PUT', '/voicemails/transcription', { enabled: true })
      await confd('PUT', '/voicemails/settings', { trash_days: 9 })
    }
    expect(await said(set)).toEqual([
      'voicemail_general_edited',
      'voicemail_zonemessages_edited',
      'voicemail_tenant_zonemessages_edited',
      'voicemail_transcription_config_edited',
      'voicemail_settings_edited',
    ])
    expect(await said(set)).toEqual([])
  })

  it('SIP devices: created, edited, deleted', async () => {
    const events = await said(async () => {
      const { uuid } = await confd<{ uuid: string }>('POST', '/devices', {})
      await confd('PUT', `/devices/${uuid}`, { name: 'desk' })
      await confd('DELETE', `/devices/${uuid}`)
    })
    expect(events).toEqual(['mwi_device_created', 'mwi_device_edited', 'mwi_device_deleted'])
  })

  it('sources of message-waiting counts: created, edited, deleted', async () => {
    const events = await said(async () => {
      const source = { name: 'pbx', kind: 'ari', username: `a${randomUUID()}` }
      const { uuid } = await confd<{ uuid: string }>('POST', '/mwi-sources', source)
      await confd('PUT', `/mwi-sources/${uuid}`, { name: 'other' })
      await confd('DELETE', `/mwi-sources/${uuid}`)
    })
    expect(events).toEqual(['mwi_source_created', 'mwi_source_edited', 'mwi_source_deleted'])
  })

  it('a source of counts that is lost, and recovers', async () => {
    const server = new RawNotifier()
    server.status = 403
    await server.start()
    const { id } = await installation.mailbox(tenant, { external: { source: 'subscribe' } })
    const source = {
      name: 'up',
      kind: 'subscribe',
      voicemail_id: id,
      targets: [server.target],
      remote_voicemail: '200',
    }
    let uuid = ''
    const heard = (name: string) => waitFor(() => ear.heard.some((message) => message.name === name), { what: name })
    const lose = async () => {
      ;({ uuid } = await confd<{ uuid: string }>('POST', '/mwi-sources', source))
      await heard('mwi_source_lost')
    }
    expect(await said(lose)).toEqual(['mwi_source_created', 'mwi_source_lost'])
    server.status = 200
    const recover = async () => {
      await confd('PUT', `/mwi-sources/${uuid}`, {})
      await heard('mwi_source_recovered')
    }
    expect(await said(recover)).toEqual(['mwi_source_edited', 'mwi_source_recovered'])
    await confd('DELETE', `/mwi-sources/${uuid}`)
    await server.stop()
  })

  it('lamps: told again', async () => {
    const { uuid } = await confd<{ uuid: string }>('POST', '/devices', {})
    const reassert = () => tenant.admin.call('PUT', `/api/calld/1.0/devices/${uuid}/lamps/reassert`)
    expect(await said(reassert)).toEqual(['lamp_reassert_requested'])
  })

  it('gateways and MWI policies: created, edited, deleted; lamps asked for again', async () => {
    const events = await said(async () => {
      const body = { name: 'pbx', targets: [{ host: '192.0.2.1' }], ping_every_s: 0, contexts: [] }
      const gateway = await confd<{ uuid: string }>('POST', '/gateways', body)
      await confd('PUT', `/gateways/${gateway.uuid}`, { max_per_s: 10 })
      await confd('PUT', `/gateways/${gateway.uuid}/reassert`)
      await confd('DELETE', `/gateways/${gateway.uuid}`)
      const policy = await confd<{ uuid: string }>('POST', '/mwi-policies', { name: 'guests' })
      await confd('PUT', `/mwi-policies/${policy.uuid}`, { allow_mwi: false })
      await confd('DELETE', `/mwi-policies/${policy.uuid}`)
    })
    expect(events).toEqual([
      'mwi_gateway_created',
      'mwi_gateway_edited',
      'lamp_reassert_requested',
      'mwi_gateway_deleted',
      'mwi_policy_created',
      'mwi_policy_edited',
      'mwi_policy_deleted',
    ])
  })

  it('a gateway that refuses its lamps', async () => {
    const peer = new SipPeer()
    await peer.start()
    peer.answer = 489
    const body = { name: 'refusing', targets: [peer.target], ping_every_s: 0 }
    const { uuid } = await confd<{ uuid: string }>('POST', '/gateways', body)
    await waitFor(() => ear.heard.some(({ name }) => name === 'mwi_delivery_failed'), { what: 'the failure' })
    for (const message of ear.heard) if (message.name === 'mwi_delivery_failed') await checkMessage(message)
    await confd('DELETE', `/gateways/${uuid}`)
    await peer.stop()
  })

  it('2.5 [C]: a mailbox for a user: created and associated, edited for both, dissociated, deleted, restored', async () => {
    let id = 0
    const body = { name: 'own', number: installation.nextNumber(), context: tenant.context }
    const create = async () => {
      ;({ id } = await confd<{ id: number }>('POST', `/users/${bob.uuid}/voicemails`, body))
    }
    expect(await said(create)).toEqual(['voicemail_created', 'user_voicemail_associated', 'user_voicemail_mwi_updated'])
    expect(await said(() => confd('PUT', `/voicemails/${id}`, { name: 'other' }))).toEqual([
      'voicemail_edited',
      'user_voicemail_edited',
    ])
    expect(await said(() => confd('PUT', `/voicemails/${id}`, { name: 'other' }))).toEqual([])
    expect(await said(() => confd('DELETE', `/users/${bob.uuid}/voicemails`))).toEqual([
      'user_voicemail_dissociated',
      'user_voicemail_mwi_updated',
    ])
    expect(await said(() => confd('DELETE', `/voicemails/${id}`))).toEqual([
      'voicemail_deleted',
      'user_voicemail_mwi_updated',
    ])
    expect(await said(() => confd('PUT', `/voicemails/${id}/restore`))).toEqual([
      'voicemail_created',
      'voicemail_restored',
      'user_voicemail_mwi_updated',
    ])
  })

  it('members, greetings and locked PINs', async () => {
    const greeting = { method: 'POST', token: anna.api.token, headers: { 'content-type': 'audio/wav' }, body: wav(100) }
    const { id } = await installation.mailbox(tenant, { password: '830472' })
    const events = await said(async () => {
      await confd('PUT', `/voicemails/${id}/members`, { items: [{ user_uuid: bob.uuid, rights: ['listen'] }] })
      await request(`${installation.url}/api/calld/1.0/users/me/voicemails/greetings/busy`, greeting)
      for (let n = 0; n < 5; n++) await confd('POST', `/voicemails/${id}/pin/verify`, { pin: `83047${n + 3}9` })
    })
    expect(events).toEqual([
      'voicemail_members_edited',
      'user_voicemail_mwi_updated',
      'voicemail_greeting_changed',
      'voicemail_pin_locked',
      'auth_security_noticed',
    ])
  })

  it.each([
    ['personal', () => box],
    ['global', () => shared],
  ] as const)(
    '4.3 [C]: a message of a %s mailbox: created, updated, deleted, restored, each with counts',
    async (_kind, mailbox) => {
      const about = userOf(mailbox())
      let id = ''
      const step = async (action: string, work: () => Promise<unknown>, more: string[] = []) =>
        expect(await said(work)).toEqual([`${about}_message_${action}`, ...more, `${about}_mwi_updated`])
      await step('created', async () => {
        id = await leave(mailbox())
      })
      await step('updated', () => by(anna, 'PUT', `/${id}`, { folder_id: 2 }))
      await step('deleted', () => by(anna, 'DELETE', `/${id}`))
      await step('updated', () => by(anna, 'PUT', `/${id}/restore`), [`${about}_message_restored`])
    },
  )

  it.each([
    ['personal', () => box],
    ['global', () => shared],
  ] as const)('the team inbox of a %s mailbox: claimed, expired, released, status', async (_kind, mailbox) => {
    const about = userOf(mailbox())
    const id = await leave(mailbox())
    const names = (work: () => Promise<unknown>) =>
      said(work).then((all) => all.filter((one) => !one.includes('_mwi_')))
    expect(await names(() => by(anna, 'PUT', `/${id}/claim`))).toEqual([`${about}_message_claimed`])
    expect(await names(() => by(anna, 'DELETE', `/${id}/claim`))).toEqual([`${about}_message_released`])
    await by(anna, 'PUT', `/${id}/claim`)
    const lapse = async () => {
      await auth.sql('UPDATE message SET claim_expires_at = now() WHERE claim_expires_at IS NOT NULL')
      await waitFor(() => ear.heard.some(({ name }) => name === `${about}_message_claim_expired`), {
        what: 'the expiry',
      })
    }
    expect(await names(lapse)).toEqual([`${about}_message_claim_expired`])
    expect(await names(() => by(anna, 'PUT', `/${id}/status`, { status: 'call-back', note: 'Zoë' }))).toEqual([
      `${about}_message_status_changed`,
    ])
  })

  it.each([
    ['personal', () => box],
    ['global', () => shared],
  ] as const)(
    '2.5 [C]: a transcription of a message of a %s mailbox, told over AMQP: stored, then fanned out',
    async (_kind, mailbox) => {
      const about = userOf(mailbox())
      const id = await leave(mailbox())
      const { id: voicemail_id } = mailbox()
      const channel = await sayer.createChannel()
      const told = {
        message_id: id,
        tenant_uuid: tenant.uuid,
        voicemail_id,
        transcription_text: 'Please call Zoë',
        provider_id: 'vosk',
        language: 'en_US',
        duration: 1.5,
        completed_at: '2026-11-24T10:00:00',
      }
      const name = 'voicemail_transcription_completed'
      const tell = async () => {
        const from = ear.heard.length
        channel.publish('wazo-headers', '', Buffer.from(JSON.stringify({ name, data: told })), { headers: { name } })
        await waitFor(() => ear.heard.slice(from).some((one) => one.name === `${about}_transcription_created`), {
          what: 'the transcription',
        })
      }
      const [heard, ...messages] = await ear.during(tell)
      expect(heard?.name).toBe(name)
      for (const message of messages) await checkMessage(message)
      expect(messages.map((one) => one.name)).toEqual([
        'call_logd_voicemail_transcription_created',
        `${about}_transcription_created`,
      ])
      expect(await said(() => by(anna, 'DELETE', `/${id}`))).toEqual([
        `${about}_message_deleted`,
        'call_logd_voicemail_transcription_deleted',
        `${about}_transcription_deleted`,
        `${about}_mwi_updated`,
      ])
    },
  )

  it.each(['personal', 'global'] as const)(
    'users.md 38, 39: a %s mailbox that fills up, and turns a caller away',
    async (accesstype) => {
      const other = await installation.tenant()
      const owners = accesstype === 'personal' ? [await installation.account(other.uuid)] : []
      const { id } = await installation.mailbox(other, { accesstype, max_messages: 1 }, owners)
      const deposit = () => other.admin.deposit(id, wav(100), {})
      const about = accesstype === 'personal' ? 'user_voicemail' : 'global_voicemail'
      expect(await said(deposit)).toEqual([
        `${about}_message_created`,
        `${about}_mwi_updated`,
        `${about}_quota_warning`,
        `${about}_quota_warning`,
      ])
      expect(await said(() => expect(deposit()).rejects.toThrow('409'))).toEqual([`${about}_message_rejected`])
    },
  )

  it('leaves out no event of the catalogue', () => {
    expect(EVENTS.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([])
  })
})
