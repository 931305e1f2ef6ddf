import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { hashSecret } from '@lamplighter/access'
import { type LampReport, SoftPhone } from '@lamplighter/sip'
import { ADMIN_POLICY_SLUG, type Database, openDatabase, Provisioning } from '@lamplighter/store'
import { createTestDatabase, freePort, type TestDatabase, takeTestVhost, waitFor } from '@lamplighter/testing'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { savePolicies } from '../src/setup.js'
import { LamplighterProcess } from './process.js'
import { testEnvironment, wav } from './support.js'

const DEPOSITS = 200
const DEPOSITORS = 4

/** `kill -9` at random moments of 200 deposits: what was answered 201 is there, was said once, and the lamp is right. */
describe('a process that is killed again and again', () => {
  let disposable: TestDatabase
  let database: Database
  let directory: string
  let env: Record<string, string>
  let url: string
  let sipPort: number
  let amqpUrl: string

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url)
    directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-crash-'))
    const httpPort = await freePort()
    sipPort = await freePort()
    url = `http://127.0.0.1:${httpPort}`
    amqpUrl = (await takeTestVhost()).url
    const ports = { LAMPLIGHTER_HTTP_PORT: String(httpPort), LAMPLIGHTER_SIP_PORT: String(sipPort) }
    env = testEnvironment(disposable.url, directory, { ...ports, AMQP_URL: amqpUrl, LAMPLIGHTER_LOG_LEVEL: 'error' })
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
    await rm(directory, { recursive: true, force: true })
  })

  async function start(): Promise<LamplighterProcess> {
    const running = new LamplighterProcess(['serve'], env)
    await running.healthy(url)
    return running
  }

  /** Like a patient client: tries again with the same key until it is answered. */
  async function deposit(api: ApiClient, mailbox: number): Promise<string> {
    const headers = { 'x-auth-token': api.token, 'content-type': 'audio/wav', 'idempotency-key': randomUUID() }
    const send = () =>
      fetch(`${url}/api/calld/1.0/voicemails/${mailbox}/messages?timestamp=1`, {
        method: 'POST',
        headers,
        body: wav(800),
      })
    const answer = await waitFor(() => send().catch(() => undefined), {
      what: 'an answer to a deposit',
      timeoutMs: 60_000,
      intervalMs: 50,
    })
    if (answer.status !== 201) throw new Error(`deposit answered ${answer.status}: ${await answer.text()}`)
    return ((await answer.json()) as { id: string }).id
  }

  it('loses nothing, says everything once, and its lamp equals the count', async () => {
    let running = await start()
    const provisioning = new Provisioning(database)
    const installation = await provisioning.installation()
    if (!installation) throw new Error('there is no installation')
    const tenantId = await provisioning.createTenant({ name: 'x', slug: 'x', parent: installation.masterTenant })
    await savePolicies(provisioning, tenantId)
    await provisioning.saveAccount({
      tenantId,
      username: 'admin',
      passwordHash: await hashSecret('pw'),
      firstname: 'A',
      policies: [ADMIN_POLICY_SLUG],
    })
    const api = await ApiClient.logIn(url, 'admin', 'pw')
    const context = await api.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'x' })
    const box = await api.call<{ id: number }>('POST', '/api/confd/1.1/voicemails', {
      name: 'b',
      number: '1',
      context: context.name,
      accesstype: 'global',
    })
    const account = { sip_username: 'lamp', sip_password: 'a-sip-password' }
    await api.call('POST', '/api/confd/1.1/devices', account)

    const heard = new Map<string, Set<string>>()
    const broker = await connect(amqpUrl)
    const channel = await broker.createChannel()
    await channel.assertExchange('wazo-headers', 'headers', { durable: true })
    await channel.assertQueue('test.crash', { durable: true })
    await channel.bindQueue('test.crash', 'wazo-headers', '', {
      name: 'global_voicemail_message_created',
      'x-match': 'all',
    })
    await channel.consume(
      'test.crash',
      (message) => {
        const id = (JSON.parse(message?.content.toString() ?? '{}') as { data: { message_id: string } }).data.message_id
        heard.set(id, (heard.get(id) ?? new Set()).add(String(message?.properties.messageId)))
      },
      { noAck: true },
    )

    const lamps: LampReport[] = []
    const phone = new SoftPhone(
      { username: 'lamp', password: account.sip_password, server: { host: '127.0.0.1', port: sipPort } },
      { onLamp: (report) => lamps.push(report) },
    )
    await phone.start()
    await phone.subscribe()

    const answered: string[] = []
    let kills = 0
    const depositors = Array.from({ length: DEPOSITORS }, async () => {
      while (answered.length < DEPOSITS) answered.push(await deposit(api, box.id))
    })
    let done = false
    const finished = Promise.all(depositors).finally(() => {
      done = true
    })
    while (!done) {
      const at = answered.length + 5 + Math.floor(Math.random() * 25)
      await waitFor(() => done || answered.length >= at, { what: 'more deposits', timeoutMs: 60_000, intervalMs: 1 })
      if (done) break
      await running.kill()
      kills++
      running = await start()
    }
    await finished
    expect(kills).toBeGreaterThan(3)
    expect(new Set(answered).size).toBe(answered.length)

    const { rows } = await database.pool.query<{ id: string }>('SELECT id::text FROM message')
    const stored = new Set(rows.map(({ id }) => id))
    expect(answered.filter((id) => !stored.has(id))).toEqual([])
    for (const id of answered) {
      const recording = await fetch(`${url}/api/calld/1.0/voicemails/${box.id}/messages/${id}/recording`, {
        headers: { 'x-auth-token': api.token },
      })
      expect(Buffer.from(await recording.arrayBuffer()).equals(Buffer.from(wav(800)))).toBe(true)
    }
    await waitFor(() => answered.every((id) => heard.has(id)), { what: 'every created event' })
    expect([...heard.values()].filter((eventIds) => eventIds.size !== 1)).toEqual([])
    expect([...heard.keys()].filter((id) => !stored.has(id))).toEqual([])
    await waitFor(() => lamps.at(-1)?.counts?.new === stored.size, {
      what: `the lamp to show ${stored.size}, not ${lamps.at(-1)?.counts?.new}`,
    })
    await phone.stop()
    await broker.close()
    expect(await running.interrupt()).toBe(0)
  }, 240_000)
})
