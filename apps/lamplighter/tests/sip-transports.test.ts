import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { openDatabase } from '@lamplighter/store'
import { Baresip, makeCertificate, reasonWithout, runSipp, type TestCertificate, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const withoutBaresip = await reasonWithout('baresip')
const withoutSipp = await reasonWithout('sipp')
const skipNote = (reason: string | undefined) => (reason ? ` [skipped: ${reason}]` : '')

describe('lamps over TCP and TLS', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let annas: Voicemail
  let own: TestCertificate
  let caFile: string
  let keyFile: string

  beforeAll(async () => {
    const files = path.join(os.tmpdir(), `lamplighter-tls-${process.pid}`)
    caFile = `${files}.pem`
    own = await makeCertificate('127.0.0.1', 'sip.example')
    await writeFile(caFile, own.certificate)
    keyFile = `${files}.key`
    await writeFile(keyFile, own.key)
    installation = await TestInstallation.start({
      LAMPLIGHTER_SIP_TLS_PORT: '0',
      LAMPLIGHTER_SIP_TLS_CERTIFICATE: caFile,
      LAMPLIGHTER_SIP_TLS_KEY: keyFile,
    })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    annas = await installation.mailbox(tenant, {}, [anna])
  })
  afterAll(() => installation.stop())

  const port = (name: 'TCP' | 'TLS') => installation.lamplighter.sipPorts?.[name] ?? 0
  const deposit = () => tenant.admin.deposit<{ id: string }>(annas.id, wav(100), {})
  const remove = (id: string) => anna.api.call('DELETE', `/api/calld/1.0/users/me/voicemails/messages/${id}`)

  it.each(['TCP', 'TLS'] as const)('%s: the NOTIFYs of a subscription come by its own connection', async (name) => {
    const device = await installation.device(tenant, { user_uuid: anna.uuid })
    const trust = { identities: [own] as const, ca: own.certificate }
    const phone = new RawPhone(device, port(name), name, trust)
    await phone.start()
    // An address nobody listens at, as behind NAT: only the connection leads back.
    const answer = await phone.subscribe({ Contact: `<sip:${device.username}@10.255.255.1:5060>` })
    const param = `transport=${name.toLowerCase()}`
    expect([answer.status, answer.headers.get('contact')]).toEqual([200, expect.stringContaining(param)])
    await phone.next(0, ({ body }) => body.includes('Messages-Waiting: no'), 'the first NOTIFY')
    const message = await deposit()
    const lit = await phone.next(1, ({ body }) => body.includes('Messages-Waiting: yes'), 'the lamp lit')
    expect(lit.headers.get('via')).toMatch(new RegExp(`^SIP/2.0/${name} `))
    expect(lit.headers.get('contact')).toContain(param)
    await remove(message.id)
    await phone.next(2, ({ body }) => body.includes('Messages-Waiting: no'), 'the lamp dark')
    expect(await transportOf(device.uuid)).toEqual([name])
    await phone.stop()
    const another = await deposit()
    await waitFor(async () => (await transportOf(device.uuid)).length === 0, { what: 'the subscription to end' })
    await remove(another.id)
  })

  it('TLS: renewed files are shown to who connects next, once we are told; broken ones change nothing', async () => {
    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const socket = tls.connect({ host: '127.0.0.1', port: port('TLS'), rejectUnauthorized: false })
        socket.once('error', reject)
        socket.once('secureConnect', () => {
          resolve(socket.getPeerCertificate().fingerprint256)
          socket.destroy()
        })
      })
    const expiry = async () =>
      /^lamplighter_sip_certificate_expiry_timestamp_seconds (\d+)$/m.exec(
        (await request(`${installation.url}/metrics`)).text,
      )?.[1]
    const [before, expiryBefore] = [await shown(), await expiry()]
    expect(Number(expiryBefore)).toBeGreaterThan(Date.now() / 1000)
    await writeFile(keyFile, 'no key')
    await installation.lamplighter.renewCertificates?.()
    expect(await shown()).toBe(before)
    const renewed = await makeCertificate('127.0.0.1', 'renewed.example')
    await writeFile(caFile, renewed.certificate)
    await writeFile(keyFile, renewed.key)
    expect(await shown()).toBe(before)
    await installation.lamplighter.renewCertificates?.()
    expect(await shown()).toBe(new X509Certificate(renewed.certificate).fingerprint256)
    await writeFile(caFile, own.certificate)
    await writeFile(keyFile, own.key)
    await installation.lamplighter.renewCertificates?.()
    expect(await shown()).toBe(before)
  })

  async function transportOf(deviceUuid: string): Promise<string[]> {
    const database = openDatabase(installation.databaseUrl, { connections: 1 })
    const text = 'SELECT transport FROM sip_subscription WHERE device_uuid = $1'
    const { rows } = await database.pool.query<{ transport: string }>(text, [deviceUuid])
    await database.close()
    return rows.map(({ transport }) => transport)
  }

  it.each(['tcp', 'tls'] as const)(
    `baresip over %s: lit by a deposit, dark by a deletion${skipNote(withoutBaresip)}`,
    async (transport) => {
      if (withoutBaresip) return
      const device = await installation.device(tenant, { user_uuid: anna.uuid })
      const server = `127.0.0.1:${port(transport === 'tcp' ? 'TCP' : 'TLS')}`
      const phone = await Baresip.start({ server, transport, caFile, ...device })
      await phone.lampAfter(0, ({ lit }) => !lit, 'its first NOTIFY')
      const message = await deposit()
      await phone.lampAfter(1, ({ lit, new: unread }) => lit && unread === 1, 'the deposit lights it')
      const seen = phone.lamps.length
      await remove(message.id)
      await phone.lampAfter(seen, ({ lit }) => !lit, 'the deletion darkens it')
      expect(await transportOf(device.uuid)).toEqual([transport.toUpperCase()])
      await phone.stop()
    },
  )

  it.skipIf(withoutSipp)(
    `sipp over TCP: phones subscribe with digest, are lit and darkened${skipNote(withoutSipp)}`,
    async () => {
      const quiet = await installation.tenant()
      const box = await installation.mailbox(quiet, { accesstype: 'global' })
      const users = await Promise.all(Array.from({ length: 20 }, () => installation.device(quiet)))
      const server = `127.0.0.1:${port('TCP')}`
      const running = runSipp({ scenario: 'watch', transport: 'tcp', server, users })
      await waitFor(async () => (await acknowledged(quiet, 0)) === 20, { what: 'all phones to be told their state' })
      const message = await quiet.admin.deposit<{ id: string }>(box.id, wav(100), {})
      await waitFor(async () => (await acknowledged(quiet, 1)) === 20, { what: 'all lamps to be acknowledged lit' })
      await quiet.admin.call('DELETE', `/api/calld/1.0/voicemails/${box.id}/messages/${message.id}`)
      const { code, log, errors } = await running
      expect([code, errors]).toEqual([0, ''])
      expect(log.match(/Messages-Waiting: yes Voice-Message: 1\/0 \(0\/0\)/g)).toHaveLength(20)
    },
  )

  async function acknowledged({ uuid }: Tenant, unread: number): Promise<number> {
    const database = openDatabase(installation.databaseUrl, { connections: 1 })
    const text = 'SELECT count(*)::int AS n FROM lamp WHERE tenant_uuid = $1 AND acknowledged_new = $2'
    const { rows } = await database.pool.query<{ n: number }>(text, [uuid, unread])
    await database.close()
    return rows[0]?.n ?? -1
  }

  it.each([
    [{ LAMPLIGHTER_SIP_TLS_CERTIFICATE: '/nowhere.pem', LAMPLIGHTER_SIP_TLS_KEY: '/nowhere.key' }, 'cannot be read'],
    [{ LAMPLIGHTER_SIP_TLS_CERTIFICATE: '/nowhere.pem' }, 'as many files'],
    [{ LAMPLIGHTER_SIP_HOST: 'sip.example' }, 'must be an address'],
  ])('does not start with %j', async (env, sentence) => {
    await expect(installation.another(env as unknown as Record<string, string>)).rejects.toThrow(sentence)
  })
})
