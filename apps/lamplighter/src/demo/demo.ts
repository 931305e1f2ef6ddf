import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createLogger, type Environment } from '@lamplighter/runtime'
import { type Config, readConfig } from '../config.js'
import { Lamplighter } from '../lamplighter.js'
import { MASTER_ADMIN } from '../setup.js'
import { ApiClient } from './api-client.js'
import { banner } from './banner.js'
import { type DemoTenant, seedDemo } from './seed.js'
import { type Addresses, showMainJob } from './show.js'

/** Only the demonstration has a known password. */
const MASTER_PASSWORD = 'lamplighter-demo'

/** Starts everything with demonstration data, does the main job once, says how to go on, and serves until the signal. */
export async function runDemo(env: Environment, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const config = readConfig(env, 'error')
  const log = createLogger(config.logLevel)
  const readyFile = path.join(config.dataDirectory, 'ready.json')
  sayWhatIsUsed(config, print)
  const onProgress = (step: string) => print(`· ${step}`)
  const running = await Lamplighter.start(config, log, { demoPassword: MASTER_PASSWORD, onProgress })
  try {
    await rm(readyFile, { force: true })
    if (running.notice) print(`· ${running.notice}`)
    const at = addressesOf(running, config)
    onProgress('seeding the demonstration: two tenants, their people, mailboxes and phones')
    const tenants = await seedDemo(running.provisioning, running.setUp.installation.masterTenant, at.http)
    const [first] = tenants
    if (!first) throw new Error('there is no demonstration tenant')
    print('\nThe main job, once:')
    await showMainJob(first, at, print)
    await writeReady(readyFile, running, at, tenants)
    const user = await ApiClient.logIn(at.http, first.users[0]?.username ?? '', first.users[0]?.password ?? '')
    const admin = await ApiClient.logIn(at.http, first.admin.username, first.admin.password)
    const master = { username: MASTER_ADMIN, password: MASTER_PASSWORD }
    print(banner({ at, tenants, master, userToken: user.token, adminToken: admin.token, readyFile }))
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    print('· stopping')
  } finally {
    await rm(readyFile, { force: true })
    await running.stop()
  }
}

function sayWhatIsUsed({ databaseUrl, amqpUrl, dataDirectory }: Config, print: (line: string) => void): void {
  const host = (url: string) => new URL(url).host
  print(
    databaseUrl
      ? `· using the database at ${host(databaseUrl)} (DATABASE_URL)`
      : `· using an embedded PostgreSQL in ${dataDirectory}`,
  )
  print(amqpUrl ? `· using RabbitMQ at ${host(amqpUrl)} (AMQP_URL)` : '· using the bus inside this process')
}

function addressesOf(running: Lamplighter, config: Config): Addresses {
  const http = running.httpUrl ?? ''
  return {
    http,
    websocket: `${http.replace(/^http/, 'ws')}/api/websocketd/`,
    sipHost: config.sip.advertisedHost ?? config.sip.host,
    sipPort: running.sipPorts?.UDP ?? 0,
  }
}

/** For scripts: written whole or not at all, once everything answers. */
async function writeReady(
  file: string,
  running: Lamplighter,
  at: Addresses,
  tenants: readonly DemoTenant[],
): Promise<void> {
  const master = {
    uuid: running.setUp.installation.masterTenant,
    name: 'master',
    admin: { username: MASTER_ADMIN, password: MASTER_PASSWORD },
    users: [],
    contexts: [],
    voicemails: [],
    devices: [],
  }
  const sip = {
    host: at.sipHost,
    port: at.sipPort,
    transports: Object.keys(running.sipPorts ?? {}).map((name) => name.toLowerCase()),
  }
  const ready = { http: at.http, websocket: at.websocket, sip, origin_uuid: running.originUuid, tenants, master }
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 })
  await rename(temporary, file)
}
