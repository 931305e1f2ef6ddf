import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Notified } from './raw-phone.js'
import { readResourceList } from './resource-list-reader.js'
import { deposit, Phones } from './sip-support.js'
import { type Tenant, TestInstallation } from './support.js'

const LIST = {
  Supported: 'eventlist',
  Accept: 'multipart/related, application/rlmi+xml, application/simple-message-summary',
}

describe('event packages', () => {
  let installation: TestInstallation
  let tenant: Tenant
  const phones = new Phones()
  const at = (user: string) => `sip:${user}@127.0.0.1:${installation.sipPort}`

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())
  afterEach(() => phones.stop())

  it('light a key that watches a mailbox by its number, with and without an access code before it', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await phones.of(installation, tenant, { voicemails: [box.id] })
    const answer = await phone.subscribe(
      { Event: 'dialog', To: `<sip:*98${box.number}@example.org>` },
      at(`*98${box.number}`),
    )
    expect(answer.status).toBe(200)
    const shown = (state: string) => (one: Notified) => one.body.includes(`<state>${state}</state>`)
    const first = await phone.next(0, shown('terminated'), 'dark')
    expect([first.event, first.headers.get('content-type')]).toEqual(['dialog', 'application/dialog-info+xml'])
    expect(first.body).toContain(`entity="sip:*98${box.number}@example.org"`)
    await deposit(tenant, box)
    const lit = await phone.next(1, shown('confirmed'), 'lit')
    const version = (one: Notified) => Number(/ version="(\d+)"/.exec(one.body)?.[1])
    expect([version(first), version(lit)]).toEqual([0, 1])
    await deposit(tenant, box)
    const summary = await phones.of(installation, tenant, { voicemails: [box.id] })
    await summary.subscribe({}, at(box.number))
    await summary.next(0, ({ body }) => body.includes('Voice-Message: 2/0'), 'both messages by the other package')
    // A second message changes no key: it was lit.
    expect(phone.notified).toHaveLength(2)
    await tenant.admin.call('DELETE', `/api/confd/1.1/voicemails/${box.id}`)
    await phone.next(2, (one) => shown('terminated')(one) && one.state === 'terminated;reason=noresource', 'the end')
  })

  it('refuse what is not offered, and say what is', async () => {
    const phone = await phones.of(installation, tenant)
    const answer = await phone.authenticated('SUBSCRIBE', { Event: 'presence' })
    expect([answer.status, answer.headers.get('allow-events')]).toEqual([489, 'message-summary, dialog'])
    expect((await phone.authenticated('SUBSCRIBE', { Event: 'dialog', Accept: 'application/pidf+xml' })).status).toBe(
      406,
    )
    await phone.subscribe()
    expect((await phone.authenticated('SUBSCRIBE', { Event: 'dialog' })).status).toBe(489)
  })

  it('tell each mailbox by itself in one list, always whole', async () => {
    const one = await installation.mailbox(tenant)
    const two = await installation.mailbox(tenant)
    const three = await installation.mailbox(tenant)
    await deposit(tenant, one)
    const phone = await phones.of(installation, tenant, { voicemails: [one.id, two.id] })
    const answer = await phone.subscribe({ ...LIST, Require: 'eventlist' })
    expect([answer.status, answer.headers.get('require')]).toEqual([200, 'eventlist'])
    const first = await phone.next(0, () => true, 'the list')
    expect([first.event, first.headers.get('require')]).toEqual(['message-summary', 'eventlist'])
    const list = readResourceList(first)
    expect([list.uri, list.version]).toEqual([at(phone.username), 0])
    expect(list.resources).toEqual([
      { uri: at(one.number), body: summary(one.number, '1/0') },
      { uri: at(two.number), body: summary(two.number, '0/0') },
    ])
    await deposit(tenant, two)
    const second = readResourceList(await phone.next(1, () => true, 'the change'))
    expect(second.version).toBe(1)
    expect(second.resources.map(({ body }) => body)).toEqual([summary(one.number, '1/0'), summary(two.number, '1/0')])
    await tenant.admin.call('PUT', `/api/confd/1.1/devices/${phone.uuid}`, { voicemails: [two.id, three.id] })
    const third = readResourceList(await phone.next(2, () => true, 'another list'))
    expect(third.resources.map(({ uri }) => uri)).toEqual([at(two.number), at(three.number)])
  })

  it('tell a list too long for datagrams over TCP, and its changes on the connection', async () => {
    const made = await Promise.all(Array.from({ length: 40 }, () => installation.mailbox(tenant)))
    const boxes = made.toSorted((one, other) => one.id - other.id)
    const device = await installation.device(tenant, { voicemails: boxes.map(({ id }) => id) })
    const phone = await phones.overTcp(installation, device)
    expect((await phone.subscribe(LIST)).headers.get('require')).toBe('eventlist')
    const shown = (one: Notified) =>
      readResourceList(one).resources.map(({ uri, body }) => [uri, /Voice-Message: (\d+\/\d+)/.exec(body)?.[1]])
    const first = await phone.next(0, () => true, 'the list')
    expect(first.headers.get('via')).toContain('SIP/2.0/TCP')
    const dark = boxes.map(({ number }) => [at(number), '0/0'])
    expect(shown(first)).toEqual(dark)
    const last = boxes.at(-1) as (typeof boxes)[number]
    await deposit(tenant, last)
    const second = await phone.next(1, () => true, 'the change')
    expect(shown(second)).toEqual([...dark.slice(0, -1), [at(last.number), '1/0']])
  })

  it('give a sum to who cannot read a list, and to a list too long for datagrams', async () => {
    const boxes = await Promise.all(Array.from({ length: 31 }, () => installation.mailbox(tenant)))
    const voicemails = boxes.map(({ id }) => id)
    const told = async (lines: Record<string, string>, fields: Record<string, unknown>) => {
      const phone = await phones.of(installation, tenant, fields)
      await phone.subscribe(lines)
      return { phone, type: (await phone.next(0, () => true, 'the state')).headers.get('content-type') }
    }
    const sum = 'application/simple-message-summary'
    expect((await told({ Supported: 'eventlist' }, { voicemails: voicemails.slice(0, 2) })).type).toBe(sum)
    expect((await told(LIST, { voicemails })).type).toBe(sum)
    const { phone, type } = await told(LIST, { voicemails: voicemails.slice(0, 30) })
    expect(type).toMatch(/^multipart\/related/)
    await tenant.admin.call('PUT', `/api/confd/1.1/devices/${phone.uuid}`, { voicemails })
    await phone.next(1, ({ state }) => state === 'terminated;reason=deactivated', 'the end of the list')
  })

  function summary(number: string, counts: string): string {
    const lit = counts.startsWith('0') ? 'no' : 'yes'
    return `Messages-Waiting: ${lit}\r\nMessage-Account: ${at(number)}\r\nVoice-Message: ${counts} (0/0)\r\n`
  }
})
