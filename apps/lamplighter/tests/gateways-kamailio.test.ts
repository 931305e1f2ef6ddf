import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Database, openDatabase } from '@lamplighter/store'
import {
  KAMAILIO_LOGIN,
  KamailioGateway,
  type KamailioTold,
  makeCertificate,
  reasonWithout,
  waitFor,
} from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const withoutKamailio = await reasonWithout('kamailio')

/** PostgreSQL, the worker and a real Kamailio in the place of the PBX. */
describe.skipIf(withoutKamailio)(
  `Kamailio as a gateway${withoutKamailio ? ` [skipped: ${withoutKamailio}]` : ''}`,
  () => {
    let installation: TestInstallation
    let database: Database
    let kamailio: KamailioGateway
    let directory: string

    beforeAll(async () => {
      directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-tls-'))
      const file = (name: string) => path.join(directory, name)
      const { certificate, key } = await makeCertificate('127.0.0.1')
      await writeFile(file('cert.pem'), certificate)
      await writeFile(file('key.pem'), key)
      kamailio = await KamailioGateway.start({ certificate: file('cert.pem'), key: file('key.pem') })
      installation = await TestInstallation.start({
        LAMPLIGHTER_SIP_TLS_PORT: '0',
        LAMPLIGHTER_SIP_TLS_CERTIFICATE: file('cert.pem'),
        LAMPLIGHTER_SIP_TLS_KEY: file('key.pem'),
        LAMPLIGHTER_SIP_TLS_CA: file('cert.pem'),
      })
      database = openDatabase(installation.databaseUrl, { connections: 1 })
    })
    afterAll(async () => {
      await database.close()
      await installation.stop()
      await kamailio.stop()
      await rm(directory, { recursive: true, force: true })
    })

    /** A tenant with one mailbox whose number begins so, behind a gateway of its own. */
    async function behind(begins: string, transport: 'udp' | 'tcp' | 'tls', fields: object = {}) {
      const tenant = await installation.tenant()
      const number = `${begins}${installation.nextNumber()}`
      const box = await installation.mailbox(tenant, { number })
      const body = { name: randomUUID(), targets: [kamailio.target(transport)], ping_every_s: 1, ...fields }
      const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/gateways`, body)
      return { tenant, box, uuid }
    }
    const leave = (tenant: Tenant, box: Voicemail) => tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})
    const told = ({ number }: Voicemail) => kamailio.told.filter(({ user }) => user === number)
    const next = (box: Voicemail, fits: (one: KamailioTold) => boolean, what: string, timeoutMs = 30_000) =>
      waitFor(() => told(box).find(fits), { what: `${what}; had ${JSON.stringify(told(box))}`, timeoutMs })
    const reason = async (uuid: string) => {
      const { rows } = await database.pool.query<{ reason: string; last_status: number | null }>(
        'SELECT reason, last_status FROM gateway_lamp WHERE gateway_uuid = $1',
        [uuid],
      )
      return [rows[0]?.reason, rows[0]?.last_status]
    }
    const settles = (uuid: string, wanted: [string, number]) =>
      waitFor(async () => JSON.stringify(await reason(uuid)) === JSON.stringify(wanted), {
        what: JSON.stringify(wanted),
        timeoutMs: 60_000,
      })

    it.each(['udp', 'tcp', 'tls'] as const)('200 over %s: lit and darkened', async (transport) => {
      const { tenant, box, uuid } = await behind('2', transport)
      await next(box, ({ counts }) => counts === '0/0 (0/0)', 'the state')
      const { id } = await leave(tenant, box)
      const lit = await next(box, ({ counts }) => counts === '1/0 (0/0)', 'lit')
      expect(lit.transport).toBe(transport)
      await tenant.admin.call('PUT', `/api/calld/1.0/voicemails/${box.id}/messages/${id}`, { folder_id: 2 })
      await next(box, ({ counts }) => counts === '0/1 (0/0)', 'dark')
      await settles(uuid, ['acknowledged', 200])
    })

    it('a certificate that is not for the name is not taken, unless the target says so', async () => {
      const wrong = { ...kamailio.target('tls'), server_name: 'pbx.example' }
      const { box, uuid } = await behind('2', 'tls', { targets: [wrong], retry_for_s: 0 })
      await settles(uuid, ['unreachable', 408])
      expect(told(box)).toEqual([])
      const careless = await behind('2', 'tls', { targets: [{ ...wrong, tls_verify: false }] })
      await next(careless.box, ({ counts }) => counts === '0/0 (0/0)', 'the state, unverified')
    })

    it.each([
      ['480', ['no_contact', 480]],
      ['404', ['peer_refused', 404]],
    ] as const)('%s', async (begins, wanted) => {
      const { box, uuid } = await behind(begins, 'udp', { retry_for_s: 0 })
      await settles(uuid, [...wanted])
      expect(told(box)).toHaveLength(1)
    })

    it('503 with Retry-After: comes back when it is told to', async () => {
      const { box, uuid } = await behind('503', 'udp', { retry_for_s: 5 })
      await waitFor(() => told(box).length === 2, { what: 'the second try' })
      await settles(uuid, ['peer_refused', 503])
      expect(new Set(told(box).map(({ callId }) => callId)).size).toBe(told(box).length)
    })

    it('407: answers with the credentials of the gateway', async () => {
      const { username, password: secret } = KAMAILIO_LOGIN
      const { box, uuid } = await behind('401', 'udp', { username, secret })
      await settles(uuid, ['acknowledged', 200])
      expect(told(box)).toHaveLength(2)
      const wrong = await behind('401', 'udp', { username, secret: 'wrong' })
      await settles(wrong.uuid, ['peer_refused', 407])
    })

    it('silence: eleven copies in 32 seconds, then another try is given up', async () => {
      const { box, uuid } = await behind('888', 'udp', { retry_for_s: 1 })
      await settles(uuid, ['unreachable', 408])
      expect(told(box)).toHaveLength(11)
      expect(new Set(told(box).map(({ callId }) => callId)).size).toBe(1)
    }, 90_000)

    it.each(['tcp', 'tls'] as const)(
      'restart: its closed %s connection says so, and it is told everything again',
      async (transport) => {
        // Pings would notice, too, only later: a restart between two of them would not be.
        const { tenant, box, uuid } = await behind('2', transport, { ping_every_s: 0 })
        await leave(tenant, box)
        await next(box, ({ counts }) => counts === '1/0 (0/0)', 'lit')
        await settles(uuid, ['acknowledged', 200])
        await kamailio.kill()
        kamailio.told.length = 0
        await kamailio.up()
        await next(box, ({ counts }) => counts === '1/0 (0/0)', 'lit again', 60_000)
        await settles(uuid, ['acknowledged', 200])
      },
      120_000,
    )
  },
)
