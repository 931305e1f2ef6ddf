import { createHash, randomUUID } from 'node:crypto'
import type { DeviceId } from '@lamplighter/domain'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, Provisioning, SipRepository, type StoredSubscription } from '../src/index.js'

describe('statements of the SIP worker', () => {
  const deviceId = randomUUID() as DeviceId
  let disposable: TestDatabase
  let database: Database
  let sip: SipRepository
  let subscription: (endsInSec: number) => StoredSubscription

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url, { connections: 2 })
    sip = new SipRepository(database.pool)
    const tenantId = await new Provisioning(database).createTenant({ name: 'master', slug: 'master' })
    await database.pool.query(
      `INSERT INTO device (uuid, tenant_uuid, sip_username, sip_realm, ha1_md5, ha1_sha256, lists_mailboxes)
       VALUES ($1, $2, 'phone', 'r', 'x', 'x', true)`,
      [deviceId, tenantId],
    )
    subscription = (endsInSec) => ({
      uuid: randomUUID(),
      tenantId,
      deviceId,
      mailboxId: null,
      eventPackage: 'message-summary',
      instance: null,
      callId: randomUUID(),
      localTag: 'a',
      remoteTag: 'b',
      dialog: { remoteTarget: 'sip:phone@192.0.2.1' },
      transport: 'UDP',
      remoteHost: '192.0.2.1',
      remotePort: 5060,
      remoteCseq: 1,
      epoch: 1,
      userAgent: null,
      expiresAt: new Date(Date.now() + endsInSec * 1000),
    })
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  const kept = async () => {
    const { rows } = await database.pool.query<{ uuid: string }>('SELECT uuid::text FROM sip_subscription')
    return rows.map(({ uuid }) => uuid).sort()
  }

  it('sweep subscriptions that ran out long enough ago that no refresh is under way', async () => {
    const [live, justOver, longOver] = [subscription(60), subscription(-60), subscription(-400)]
    await sip.saveSubscriptions([live, justOver, longOver])
    await sip.sweepSubscriptions()
    expect(await kept()).toEqual([live.uuid, justOver.uuid].sort())
    await sip.deleteSubscriptions([justOver.uuid])
    expect(await kept()).toEqual([live.uuid])
  })

  it('load subscriptions to the letter as they were saved and refreshed, whatever phones write', async () => {
    const odd = 'NULL, {"a\\\\b"} \u00fc '
    const first = { ...subscription(60), callId: odd, userAgent: odd, instance: '', remoteTag: 'NULL' }
    const second = { ...subscription(90), dialog: { remoteTarget: odd, routeSet: [odd, ''] } }
    await sip.saveSubscriptions([first, second])
    const refreshed = { ...first, remoteCseq: 2 ** 31 - 1, instance: odd, expiresAt: new Date(Date.now() + 3_600_000) }
    await sip.saveSubscriptions([refreshed])
    const loaded = await sip.loadSubscriptions()
    expect(loaded.find(({ uuid }) => uuid === first.uuid)).toEqual(refreshed)
    expect(loaded.find(({ uuid }) => uuid === second.uuid)).toEqual(second)
    await sip.deleteSubscriptions([first.uuid, second.uuid])
  })

  it('name a lamp by its device and mailbox, the same for ever: traces and links hang on it', async () => {
    const hash = createHash('md5').update(`${deviceId}/7`).digest('hex')
    const { rows } = await database.pool.query('SELECT lamp_uuid($1::uuid, 7)::text AS uuid', [deviceId])
    const name = `${deviceId.slice(0, 14)}8${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`
    expect(rows).toEqual([{ uuid: name }])
  })
})
