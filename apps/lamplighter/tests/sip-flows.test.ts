import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { makeCertificate, type TestCertificate } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LampBench } from './lamp-support.js'
import { RawPhone } from './raw-phone.js'
import { deposit } from './sip-support.js'
import { type Tenant, TestInstallation, type Voicemail } from './support.js'
import { WebSocketClient } from './web-socket-client.js'

type Login = { uuid: string; username: string; password: string }

/** Phones that are reached by the connection they opened, and by nothing else. */
describe.each(['TCP', 'TLS', 'WS'] as const)('a flow over %s', (name) => {
  let installation: TestInstallation
  let tenant: Tenant
  let lamps: LampBench
  let own: TestCertificate
  let directory: string
  const phones: RawPhone[] = []

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-flows-'))
    own = await makeCertificate('127.0.0.1')
    const [certificate, key] = [path.join(directory, 'cert.pem'), path.join(directory, 'key.pem')]
    await writeFile(certificate, own.certificate)
    await writeFile(key, own.key)
    installation = await TestInstallation.start({
      LAMPLIGHTER_SIP_TLS_PORT: '0',
      LAMPLIGHTER_SIP_TLS_CERTIFICATE: certificate,
      LAMPLIGHTER_SIP_TLS_KEY: key,
    })
    tenant = await installation.tenant()
    lamps = new LampBench(installation, tenant)
  })
  afterAll(async () => {
    await installation.stop()
    await rm(directory, { recursive: true, force: true })
  })
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop()
  })

  async function connected(login: Login): Promise<RawPhone> {
    const tls = { identities: [own] as const, ca: own.certificate }
    const port = installation.lamplighter.sipPorts?.[name === 'WS' ? 'UDP' : name] ?? 0
    const socket = () => new WebSocketClient(`${installation.url.replace(/^http/, 'ws')}/api/sip`)
    const phone = new RawPhone(login, port, name === 'WS' ? socket() : name, tls)
    await phone.start()
    phones.push(phone)
    return phone
  }
  const hangUp = (phone: RawPhone) => phones.splice(phones.indexOf(phone), 1)[0]?.stop()
  /** Nobody listens there: only its connection leads to the phone. */
  const nowhere = ({ username }: Login) => `<sip:${username}@10.255.255.1:5060;ob>`

  async function watching(fields: object = {}): Promise<{ box: Voicemail; device: Login }> {
    const box = await installation.mailbox(tenant)
    const device = await installation.device(tenant, { voicemails: [box.id], ...fields })
    return { box, device }
  }
  const lit = (count: number) => (one: { body: string }) => one.body.includes(`Voice-Message: ${count}/0`)

  it('is what a contact of outbound lives on: gone with it, and told at once when the phone is back', async () => {
    const { box, device } = await watching()
    const instance = `"<urn:uuid:${randomUUID()}>"`
    const register = async (phone: RawPhone) => {
      const contact = `${nowhere(device)};+sip.instance=${instance};reg-id=1`
      const answer = await phone.register({ Contact: contact, Supported: 'path, outbound' })
      expect([answer.status, answer.headers.get('require')]).toEqual([200, 'outbound'])
    }
    const phone = await connected(device)
    await register(phone)
    await phone.next(0, lit(0), 'the state, by its connection')
    await lamps.lampWhen(device, 'acknowledged', ({ reason }) => reason === 'acknowledged')
    await hangUp(phone)
    await lamps.lampWhen(device, 'no contact', ({ reason, contact }) => reason === 'no_contact' && !contact)
    await deposit(tenant, box)
    await lamps.lampWhen(device, 'not in sync', ({ reason, in_sync }) => reason === 'no_contact' && !in_sync)
    const back = await connected(device)
    await register(back)
    await back.next(0, lit(1), 'the state, by the new connection')
    await lamps.lampWhen(device, 'in sync', ({ reason, in_sync }) => reason === 'acknowledged' && in_sync)
    expect(back.notified).toHaveLength(1)
  })

  it('is what its subscription is told by: without it the lamp says so, and the phone that is back is told', async () => {
    const { box, device } = await watching({ mwi_mode: 'solicited' })
    const phone = await connected(device)
    expect((await phone.subscribe({ Contact: nowhere(device) })).status).toBe(200)
    await phone.next(0, lit(0), 'the state')
    await lamps.lampWhen(device, 'acknowledged', ({ reason }) => reason === 'acknowledged')
    await hangUp(phone)
    await deposit(tenant, box)
    // Nothing but the connection led there (sip.md 1.7).
    await lamps.lampWhen(device, 'no contact', ({ reason, in_sync }) => reason === 'no_contact' && !in_sync)
    const back = await connected(device)
    expect((await back.subscribe({ Contact: nowhere(device) })).status).toBe(200)
    await back.next(0, lit(1), 'the state, by the new connection')
    await lamps.lampWhen(device, 'in sync', ({ reason, in_sync }) => reason === 'acknowledged' && in_sync)
  })

  it('may be another one: a refresh moves the subscription to it, and nothing is lost', async () => {
    const { box, device } = await watching()
    const phone = await connected(device)
    await phone.subscribe({ Contact: nowhere(device) })
    await phone.next(0, lit(0), 'the state')
    const moved = await connected(device)
    const { cseq, to, target, callId, tag } = phone
    Object.assign(moved, { cseq, to, target, callId, tag })
    expect((await moved.subscribe({ Contact: nowhere(device) })).status).toBe(200)
    await moved.next(0, lit(0), 'the state after the refresh')
    await hangUp(phone)
    await deposit(tenant, box)
    await moved.next(1, lit(1), 'the lamp, by the connection it moved to')
  })
})
