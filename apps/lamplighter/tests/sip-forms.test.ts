import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deposit, Phones } from './sip-support.js'
import { type Tenant, TestInstallation } from './support.js'

describe('how a device is told', () => {
  let installation: TestInstallation
  let tenant: Tenant
  const phones = new Phones()

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())
  afterEach(() => phones.stop())

  const change = (uuid: string, fields: Record<string, unknown>) =>
    tenant.admin.call('PUT', `/api/confd/1.1/devices/${uuid}`, fields)

  it('follows the profile of its device, also when it changes under a subscription', async () => {
    const box = await installation.mailbox(tenant)
    await deposit(tenant, box)
    const phone = await phones.of(installation, tenant, { voicemails: [box.id], profile: 'cisco-legacy' })
    await phone.subscribe()
    const bare = 'Messages-Waiting: yes\r\nVoice-Message: 1/0\r\n'
    expect((await phone.next(0, () => true, 'the state')).body).toBe(bare)
    await change(phone.uuid, { profile: 'default' })
    const full = `Messages-Waiting: yes\r\nMessage-Account: sip:*97@127.0.0.1:${installation.sipPort}\r\nVoice-Message: 1/0 (0/0)\r\n`
    await phone.next(1, ({ body }) => body === full, 'the other form')
  })

  it('names what the envelope key dials: by the device, else by the tenant, else the access code', async () => {
    const phone = await phones.of(installation, tenant, { voicemails: [] })
    await phone.subscribe()
    const host = `127.0.0.1:${installation.sipPort}`
    const named = (uri: string) => (one: { body: string }) => one.body.includes(`Message-Account: ${uri}\r\n`)
    await phone.next(0, named(`sip:*97@${host}`), 'the access code')
    await tenant.admin.call('PUT', '/api/confd/1.1/voicemails/settings', { message_account: '8500' })
    await phone.next(1, named(`sip:8500@${host}`), "the tenant's number")
    await change(phone.uuid, { message_account: 'sip:voicemail@example.org' })
    await phone.next(2, named('sip:voicemail@example.org'), "the device's URI")
    await change(phone.uuid, { message_account: null })
    await phone.next(3, named(`sip:8500@${host}`), "the tenant's again")
    await tenant.admin.call('PUT', '/api/confd/1.1/voicemails/settings', { message_account: null })
    await phone.next(4, named(`sip:*97@${host}`), 'the access code again')
  })

  it('refuses an account that would write more than its line', async () => {
    for (const message_account of ['1\r\nX: y', '<sip:a@b>', 'sip:a@b?x=y', ''])
      await expect(change((await installation.device(tenant)).uuid, { message_account })).rejects.toThrow('400')
  })

  it('sums all mailboxes, or without aggregate shows the own one and each other under its number', async () => {
    const user = await installation.account(tenant.uuid)
    const own = await installation.mailbox(tenant, {}, [user])
    const others = await Promise.all([installation.mailbox(tenant), installation.mailbox(tenant)])
    for (const box of [own, ...others]) await deposit(tenant, box)
    const watches = { user_uuid: user.uuid, voicemails: [own, ...others].map(({ id }) => id) }
    const phone = await phones.of(installation, tenant, watches)
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('Voice-Message: 3/0'), 'the sum')
    await change(phone.uuid, { aggregate: false })
    await phone.next(1, ({ body }) => body.includes('Voice-Message: 1/0'), 'its own mailbox')
    const [other] = others
    if (!other) throw new Error('there is no other mailbox')
    const key = await phones.logIn(installation, { username: phone.username, password: 'a-sip-password' })
    await key.subscribe({}, `sip:${other.number}@127.0.0.1:${installation.sipPort}`)
    const shown = await key.next(0, () => true, 'the other mailbox')
    expect(shown.body).toContain(`Message-Account: sip:${other.number}@127.0.0.1:${installation.sipPort}\r\n`)
    await deposit(tenant, other)
    await key.next(1, ({ body }) => body.includes('Voice-Message: 2/0'), 'the change')
    await deposit(tenant, own)
    await phone.next(2, ({ body }) => body.includes('Voice-Message: 2/0'), 'the change of its own')
    expect(phone.notified).toHaveLength(3)
  })
})
