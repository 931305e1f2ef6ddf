import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '@lamplighter/testing'
import pg from 'pg'
import type { SipServerAddress } from './phone-swarm.js'

/** How the peer keeps its state: in memory only, or each change written through to PostgreSQL before it is answered. */
export type KamailioStorage = 'memory' | 'write-through'

const SCHEMAS = ['standard', 'presence'] as const
const TABLES = '/usr/share/kamailio/postgres'
const MODULES = [
  'db_postgres',
  'tm',
  'sl',
  'pv',
  'textops',
  'siputils',
  'auth',
  'ctl',
  'kex',
  'presence',
  'presence_mwi',
]

type Settings = {
  readonly port: number
  readonly control: string
  readonly databaseUrl: string
  readonly storage: KamailioStorage
  readonly digest: boolean
}

function configuration({ port, control, databaseUrl, storage, digest }: Settings): string {
  const challenge =
    'if (is_method("SUBSCRIBE") && !pv_auth_check("bench", "bench-password", "0", "0")) { auth_challenge("bench", "1"); exit; }'
  const through = storage === 'write-through'
  return `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=4
disable_tcp=yes
dns=no
rev_dns=no
auto_aliases=no
alias="127.0.0.1"
listen=udp:127.0.0.1:${port}
${MODULES.map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("ctl", "binrpc", "unix:${control}")
modparam("auth", "nonce_expire", 300)
modparam("presence", "db_url", "${databaseUrl}")
modparam("presence", "server_address", "sip:127.0.0.1:${port}")
modparam("presence", "subs_db_mode", ${through ? 1 : 0})
modparam("presence", "publ_cache", ${through ? 1 : 2})
modparam("presence", "fetch_rows", 1000)
modparam("presence", "subs_htable_size", 14)
modparam("presence", "max_expires", 3600)
request_route {
  force_rport();
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  ${digest ? challenge : ''}
  if (!t_newtran()) { sl_reply_error(); exit; }
  if (is_method("PUBLISH")) handle_publish(); else handle_subscribe();
  t_release();
  exit;
}
`
}

/** Makes a database with the peer's tables on the benchmark's own PostgreSQL and returns its address. */
export async function createKamailioDatabase(serverUrl: string): Promise<string> {
  const name = `kamailio_${Date.now()}`
  const admin = new pg.Client(serverUrl)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.end()
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const client = new pg.Client(url.href)
  await client.connect()
  for (const schema of SCHEMAS) await client.query(await readFile(`${TABLES}/${schema}-create.sql`, 'utf8'))
  await client.end()
  return url.href.replace(/^postgresql:/, 'postgres:')
}

/** Kamailio's presence server with its message-waiting package: the peer SUBSCRIBE and NOTIFY are measured against. */
export class KamailioServer {
  readonly name: string
  readonly address: SipServerAddress
  readonly pid: number
  readonly #process: ChildProcess
  readonly #directory: string

  private constructor(storage: KamailioStorage, address: SipServerAddress, child: ChildProcess, directory: string) {
    this.name = `Kamailio, ${storage}`
    this.address = address
    this.pid = child.pid ?? 0
    this.#process = child
    this.#directory = directory
  }

  /** Starts one. @throws what it said when it is not installed or does not come up */
  static async start(options: Pick<Settings, 'databaseUrl' | 'storage' | 'digest'>): Promise<KamailioServer> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-kamailio-'))
    const port = await freePort()
    const file = path.join(directory, 'kamailio.cfg')
    await writeFile(file, configuration({ ...options, port, control: path.join(directory, 'ctl') }))
    const arguments_ = ['-f', file, '-DD', '-E', '-w', directory, '-Y', directory, '-m', '1024', '-M', '32']
    const child = spawn('kamailio', arguments_, { stdio: ['ignore', 'ignore', 'pipe'] })
    await comesUp(child)
    return new KamailioServer(options.storage, { host: '127.0.0.1', port }, child, directory)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    await ended
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** It says nothing when it is ready; what fails ends within this time. */
const READY_MS = 2500

function comesUp(child: ChildProcess): Promise<void> {
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-4000)
  })
  return new Promise((resolve, reject) => {
    const ready = setTimeout(resolve, READY_MS)
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(ready)
      reject(new Error(`kamailio ended with ${code}: ${said}`))
    })
  })
}
