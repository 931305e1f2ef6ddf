import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connect } from 'amqplib'
import { installPackages } from './apt.js'
import { freePort } from './free-port.js'

const run = promisify(execFile)

/** A broker for tests: where it is, how to command it, how to end it if it is ours. */
export type TestBroker = {
  readonly url: string
  /** What `rabbitmqctl` must be told to find the node. */
  readonly ctlEnv: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** What a broker of the test's own has beside the usual. */
export type BrokerOptions = {
  /** Plugins to enable; `rabbitmq_management` listens on a free port. */
  readonly plugins?: readonly string[]
  /** Lines for rabbitmq.conf. */
  readonly config?: string
}

/** A broker of the test's own, which it may stop and start: what was durable is there again. */
export type OwnBroker = TestBroker & {
  /** Base URL of the management API, with an account; it answers where its plugin is enabled. */
  readonly managementUrl: string
  pause(): Promise<void>
  resume(): Promise<void>
}

const LOCAL = 'amqp://guest:guest@127.0.0.1:5672'
const TOOLS = '/usr/lib/rabbitmq/bin'
const SERVER = `${TOOLS}/rabbitmq-server`
const START_DEADLINE_MS = 60_000

/** Evaluates Erlang on the broker's node: one start of the tool for any number of changes. */
export async function evaluate(ctlEnv: Readonly<Record<string, string>>, expression: string): Promise<string> {
  const { stdout } = await run('rabbitmqctl', ['eval', expression], {
    env: { ...process.env, ...ctlEnv },
    timeout: 60_000,
  })
  return stdout.trim()
}

/**
 * The broker on localhost when it answers and lets us make virtual hosts; else one of our own from an installed or
 * installable `rabbitmq-server`. @throws one sentence that says what is missing
 */
export async function provideBroker(): Promise<TestBroker> {
  if (await answers(LOCAL)) {
    const usable = await evaluate({}, 'ok.')
      .then((answer) => answer === 'ok')
      .catch(() => false)
    if (usable) return { url: LOCAL, ctlEnv: {}, stop: async () => {} }
  }
  return startBroker()
}

async function answers(url: string): Promise<boolean> {
  try {
    const connection = await connect(url, { timeout: 2000 })
    await connection.close()
    return true
  } catch {
    return false
  }
}

/** A broker of one's own on free ports, whatever else runs. @throws one sentence that says what is missing */
export async function startBroker(options: BrokerOptions = {}): Promise<OwnBroker> {
  if (!existsSync(SERVER)) await installPackages(['rabbitmq-server'])
  if (!existsSync(SERVER))
    throw new Error('the tests need RabbitMQ: none answers on localhost:5672 and rabbitmq-server is not installed')
  const home = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-rabbitmq-'))
  const [port, distPort, managementPort] = [await freePort(), await freePort(), await freePort()]
  await writeSettings(home, port, managementPort, options)
  const ctlEnv = {
    HOME: path.join(home, 'home'),
    RABBITMQ_NODENAME: `lamplighter${port}@localhost`,
    // The packaged commands become the user of the packaged broker, who has another cookie.
    PATH: `${TOOLS}:${process.env['PATH']}`,
  }
  const env = { ...process.env, ...ctlEnv, ...environmentOf(home, distPort) }
  const url = `amqp://guest:guest@127.0.0.1:${port}`
  const managementUrl = `http://guest:guest@127.0.0.1:${managementPort}`
  let end = await startServer(home, url, env)
  const stop = async () => {
    await end()
    await rm(home, { recursive: true, force: true })
  }
  const resume = async () => {
    end = await startServer(home, url, env)
  }
  return { url, ctlEnv, managementUrl, stop, pause: () => end(), resume }
}

async function writeSettings(
  home: string,
  port: number,
  managementPort: number,
  { plugins = [], config = '' }: BrokerOptions,
): Promise<void> {
  const management = plugins.includes('rabbitmq_management')
    ? `management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = ${managementPort}\n`
    : ''
  await Promise.all(['mnesia', 'log', 'home'].map((folder) => mkdir(path.join(home, folder))))
  await writeFile(path.join(home, 'rabbitmq.conf'), CONFIG.replace('PORT', String(port)) + management + config)
  await writeFile(path.join(home, 'enabled_plugins'), `[${plugins.join(',')}].`)
  await writeFile(path.join(home, 'env.conf'), '')
}

function environmentOf(home: string, distPort: number): Record<string, string> {
  return {
    RABBITMQ_MNESIA_BASE: path.join(home, 'mnesia'),
    RABBITMQ_LOG_BASE: path.join(home, 'log'),
    RABBITMQ_CONFIG_FILE: path.join(home, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(home, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: path.join(home, 'env.conf'),
    RABBITMQ_PID_FILE: path.join(home, 'pid'),
    RABBITMQ_DIST_PORT: String(distPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
  }
}

/** Starts the server; what is returned ends it. */
async function startServer(home: string, url: string, env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const child = spawn(SERVER, [], { env, stdio: 'ignore' })
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  const deadline = Date.now() + START_DEADLINE_MS
  while (!(await answers(url))) {
    if (ended || Date.now() > deadline) throw new Error(`our own RabbitMQ did not start, see ${home}/log`)
    await delay(250)
  }
  return async () => {
    process.kill(Number(await readFile(path.join(home, 'pid'), 'utf8')), 'SIGTERM')
    for (let waited = 0; waited < 200 && !ended; waited++) await delay(100)
  }
}

const CONFIG = `listeners.tcp.default = 127.0.0.1:PORT
loopback_users.guest = true
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 100MB
log.console = false
log.file.level = warning
`
