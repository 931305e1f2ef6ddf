import { openDatabase } from '@lamplighter/store'
import { freePort, TcpProxy, takeTestVhost, waitFor } from '@lamplighter/testing'
import { describe, expect, it } from 'vitest'
import { LamplighterProcess } from './process.js'
import { deposit, Phones } from './sip-support.js'
import { TestInstallation, testEnvironment } from './support.js'

describe('two SIP workers, one killed', () => {
  it('tell the phone by the other one, in its dialog and without a new SUBSCRIBE', { timeout: 120_000 }, async () => {
    const port = await freePort()
    const env = { AMQP_URL: (await takeTestVhost()).url, LAMPLIGHTER_SIP_PORT: String(port) }
    const first = await TestInstallation.start(env)
    const tenant = await first.tenant()
    const box = await first.mailbox(tenant, { accesstype: 'global' })
    const phones = new Phones()
    const phone = await phones.of(first, tenant)
    const killed = new LamplighterProcess(['serve', 'mwid'], testEnvironment(first.databaseUrl, first.directory, env))
    // It stands by until the one that holds the port is gone.
    await first.lamplighter.stop()
    expect((await phone.subscribe()).status).toBe(200)
    const before = (await phone.next(0, () => true, 'the first NOTIFY, by the process')).cseq
    const other = await first.another(env)
    expect(other.lamplighter.sipPorts?.UDP).toBeUndefined()
    await killed.kill()
    await deposit({ ...tenant, admin: tenant.admin.at(other.url) }, box)
    const told = await phone.next(1, ({ body }) => body.includes('Voice-Message: 1/0'), 'the lamp, by the other')
    expect(told.cseq).toBeGreaterThan(before)
    expect((await phone.subscribe()).status).toBe(200)
    await phone.next(2, ({ body }) => body.includes('1/0'), 'the state after a refresh')
    await phones.stop()
    await other.stop()
  })
})

describe('a broker that is away', () => {
  it('costs a lamp one reconcile interval, not its truth', { timeout: 120_000 }, async () => {
    const broker = new URL((await takeTestVhost()).url)
    const proxy = await TcpProxy.start(broker)
    const settings = { AMQP_URL: proxy.url(broker), LAMPLIGHTER_SIP_RECONCILE_SEC: '1' }
    const installation = await TestInstallation.start(settings)
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant, { accesstype: 'global' })
    const phones = new Phones()
    const phone = await phones.of(installation, tenant)
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    proxy.refuse(true)
    proxy.cut()
    const healthy = async () => (await fetch(`${installation.url}/health`)).status === 200
    await waitFor(async () => !(await healthy()), { what: 'the broker to be missed' })
    for (let message = 1; message <= 3; message++) {
      await deposit(tenant, box)
      await phone.next(message, ({ body }) => body.includes(`Voice-Message: ${message}/0`), 'the lamp')
    }
    expect(await healthy()).toBe(false)
    proxy.refuse(false)
    await phones.stop()
    await installation.stop()
    await proxy.stop()
  })
})

describe('a database that is away for 20 seconds', () => {
  it('makes no NOTIFY a guess: nothing is said meanwhile, and the truth at once after', {
    timeout: 120_000,
  }, async () => {
    const port = String(await freePort())
    const first = await TestInstallation.start({ LAMPLIGHTER_SIP_PORT: port })
    const tenant = await first.tenant()
    const box = await first.mailbox(tenant, { accesstype: 'global' })
    const phones = new Phones()
    const phone = await phones.of(first, tenant)
    const direct = new URL(first.databaseUrl)
    const proxy = await TcpProxy.start(direct)
    const cut = { DATABASE_URL: proxy.url(direct), LAMPLIGHTER_SIP_PORT: port, LAMPLIGHTER_SIP_RECONCILE_SEC: '1' }
    const installation = await first.restart(cut)
    await deposit({ ...tenant, admin: tenant.admin.at(installation.url) }, box)
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('1/0'), 'lit')
    proxy.refuse(true)
    proxy.cut()
    const database = openDatabase(first.databaseUrl, { connections: 1 })
    const change = 'UPDATE mailbox_summary SET new_count = 5, revision = revision + 1 WHERE mailbox_id = $1'
    await database.pool.query(change, [box.id])
    await database.close()
    const [said, until] = [phone.notified.length, Date.now() + 20_000]
    await waitFor(() => Date.now() > until, { what: 'the outage to end', timeoutMs: 30_000 })
    expect(phone.notified.slice(said)).toEqual([])
    proxy.refuse(false)
    await phone.next(said, ({ body }) => body.includes('Voice-Message: 5/0'), 'what changed meanwhile')
    await phones.stop()
    await installation.stop()
    await proxy.stop()
  })
})
