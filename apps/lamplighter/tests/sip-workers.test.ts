import { openDatabase } from '@lamplighter/store'
import { freePort, TcpProxy, takeTestVhost, waitFor } from '@lamplighter/testing'
import { describe, expect, it } from 'vitest'
import { LamplighterProcess } from './process.js'
import { RawPhone } from './raw-phone.js'
import { deposit, Phones } from './sip-support.js'
import { TestInstallation, testEnvironment } from './support.js'
import { WebSocketClient } from './web-socket-client.js'

type Login = { username: string; password: string }

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

describe('two SIP workers, one stopped', () => {
  it('hand silently over what the other can tell; who only has a connection is told to come, and finds the other', {
    timeout: 120_000,
  }, async () => {
    const [udp, tcp] = [String(await freePort()), String(await freePort())]
    const env = { AMQP_URL: (await takeTestVhost()).url, LAMPLIGHTER_SIP_PORT: udp, LAMPLIGHTER_SIP_TCP_PORT: tcp }
    const first = await TestInstallation.start(env)
    const tenant = await first.tenant()
    const box = await first.mailbox(tenant, { accesstype: 'global' })
    const other = await first.another(env)
    const nowhere = ({ username }: { username: string }) => `<sip:${username}@10.255.255.1:5060>`
    const socket = ({ url }: TestInstallation) => new WebSocketClient(`${url.replace(/^http/, 'ws')}/api/sip`)
    const started: RawPhone[] = []
    const connect = async (login: Login, port: string, transport: ConstructorParameters<typeof RawPhone>[2]) => {
      const phone = new RawPhone(login, Number(port), transport)
      await phone.start()
      started.push(phone)
      return phone
    }
    const [datagram, callable] = [await first.device(tenant), await first.device(tenant)]
    const [natted, browser] = [await first.device(tenant), await first.device(tenant)]
    const stay = [await connect(datagram, udp, 'UDP'), await connect(callable, tcp, 'TCP')]
    for (const phone of stay) expect((await phone.subscribe()).status).toBe(200)
    const tied = [await connect(natted, tcp, 'TCP'), await connect(browser, udp, socket(first))]
    for (const [index, phone] of tied.entries())
      expect((await phone.subscribe({ Contact: nowhere(index === 0 ? natted : browser) })).status).toBe(200)
    for (const phone of [...stay, ...tied]) await phone.next(0, () => true, 'the state')
    const api = { ...tenant, admin: tenant.admin.at(other.url) }
    const stopped = first.lamplighter.stop()
    for (const phone of tied) {
      const last = await phone.next(1, ({ state }) => state === 'terminated;reason=deactivated', 'the farewell')
      expect(last.body).toContain('Voice-Message: 0/0')
    }
    // At once, as RFC 6665 4.1.3 has it: the other one is there already.
    const back = [await connect(natted, tcp, 'TCP'), await connect(browser, udp, socket(other))]
    for (const [index, phone] of back.entries())
      expect((await phone.subscribe({ Contact: nowhere(index === 0 ? natted : browser) })).status).toBe(200)
    await stopped
    await deposit(api, box)
    for (const phone of [...stay, ...back])
      await phone.next(1, ({ body }) => body.includes('Voice-Message: 1/0'), 'the lamp, by the other')
    expect(stay.map(({ notified }) => notified.map(({ state }) => state.split(';')[0]))).toEqual([
      ['active', 'active'],
      ['active', 'active'],
    ])
    for (const phone of started) await phone.stop()
    await other.stop()
  })
})

describe('a broker that is away', () => {
  it.each([
    ['five seconds', {}],
    ['one reconcile interval', { LAMPLIGHTER_SIP_RECONCILE_SEC: '1' }],
  ])('costs a lamp %s, not its truth', { timeout: 120_000 }, async (_howMuch, reconcile) => {
    const broker = new URL((await takeTestVhost()).url)
    const proxy = await TcpProxy.start(broker)
    const settings = { AMQP_URL: proxy.url(broker), ...reconcile }
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
