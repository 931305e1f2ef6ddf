import { createHttpServer, listen } from '@lamplighter/http'
import { createLogger } from '@lamplighter/runtime'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCommand } from '../src/arguments.js'
import { runLamps } from '../src/lamps-command.js'
import { mountMetrics } from '../src/metrics-route.js'
import { LampBench } from './lamp-support.js'
import { request, type Tenant, TestInstallation, wav } from './support.js'

describe('lamplighter lamps', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let bench: LampBench

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    bench = new LampBench(installation, tenant)
  })
  afterAll(async () => {
    await bench.stop()
    await installation.stop()
  })

  /** What the command prints, as it is typed. */
  async function typed(...args: string[]): Promise<string[]> {
    const [action = '', ...rest] = args
    const command = readCommand(['lamps', action, '--url', installation.url, '--token', tenant.admin.token, ...rest])
    if (command.name !== 'lamps') throw new Error(`it was read as ${command.name}`)
    const lines: string[] = []
    await runLamps(command, (line) => lines.push(line))
    return lines
  }

  it('lists, explains and has told again', async () => {
    const box = await installation.mailbox(tenant)
    await tenant.admin.deposit(box.id, wav(100), {})
    const phone = await bench.phone({ voicemails: [box.id], name: 'front desk' })
    await phone.subscribe()
    const { uuid } = await bench.lampWhen(phone, 'the confirmation', ({ in_sync }) => in_sync)
    const line = ['ON', 'right', 'acknowledged', '1/0', box.number, 'front desk', uuid].join('\t')
    expect(await typed('list', '--device', phone.uuid)).toEqual([line])
    expect(await typed('list', '--device', phone.uuid, '--in-sync', 'false')).toEqual([])
    expect(await typed('explain', '--device', phone.uuid)).toEqual([
      expect.stringMatching(/^The lamp of device 'front desk' is lit because .* confirmed this \d+ s ago\.$/),
      `watches\t${box.number}\tlisted`,
      expect.stringContaining(phone.address),
    ])
    const had = phone.notified.length
    await typed('reassert', '--mailbox', String(box.id), '--lit', 'true')
    await phone.next(had, ({ body }) => body.includes('1/0'), 'the re-assertion')
  })

  it('says in one sentence what is wrong with what was typed, and what the server refuses', async () => {
    await expect(typed('dance')).rejects.toThrow(/list, explain, reassert/)
    await expect(typed('explain')).rejects.toThrow(/--device is required/)
    await expect(typed('list', '--device', 'x')).rejects.toThrow(/was answered 400/)
    await expect(typed('explain', '--device', tenant.uuid)).rejects.toThrow(/was answered 404/)
  })
})

describe('GET /metrics', () => {
  const token = 'a-token-of-prometheus'
  const proxied = { 'x-forwarded-for': '192.0.2.7' }

  it.each([
    ['this machine', {}, 200],
    ['another one', proxied, 404],
    ['another one with the token', { ...proxied, authorization: `Bearer ${token}` }, 200],
    ['another one with a wrong token', { ...proxied, authorization: 'Bearer x' }, 404],
  ])('is there for %s: %s', async (_who, headers: Record<string, string>, status) => {
    const server = createHttpServer(createLogger('silent'), ['loopback'])
    mountMetrics(server, new Registry(), token)
    const url = await listen(server, { host: '127.0.0.1', port: 0 })
    expect((await request(`${url}/metrics`, { headers })).status).toBe(status)
    await server.close()
  })
})
