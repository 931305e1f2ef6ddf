import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freeUdpPort } from './free-port.js'

/** What sipp shall do. */
export type SippRun = {
  /**
   * `subscribe`: subscribe with digest, check the state, unsubscribe. `watch`: subscribe and answer NOTIFYs until the lamp
   * is dark again. `register`: register and stay for 25 seconds.
   */
  readonly scenario: 'subscribe' | 'watch' | 'register'
  /** What answers requests that belong to none of the calls. */
  readonly outOfCall?: 'unsolicited'
  /** Absent: UDP. `tcp`: a connection of its own for each phone. */
  readonly transport?: 'tcp'
  /** `host:port` of the server. */
  readonly server: string
  readonly users: readonly { readonly username: string; readonly password: string }[]
  readonly timeoutSec?: number
}

/** How it ended: exit code 0 means that every call went as its scenario says. */
export type SippResult = { readonly code: number; readonly log: string; readonly errors: string }

const SCENARIOS = new URL('../fixtures/sipp/', import.meta.url)

/** Runs a real sipp, one call per user, each checking every message it gets. */
export async function runSipp({
  scenario,
  outOfCall,
  transport,
  server,
  users,
  timeoutSec = 60,
}: SippRun): Promise<SippResult> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-sipp-'))
  const file = path.join(directory, 'scenario.xml')
  await writeFile(file, await readFile(new URL(`${scenario}.xml`, SCENARIOS)))
  const lines = users.map(
    ({ username, password }) => `${username};[authentication username=${username} password=${password}]`,
  )
  await writeFile(path.join(directory, 'users.csv'), `SEQUENTIAL\n${lines.join('\n')}\n`)
  const port = await freeUdpPort()
  const load = [
    ...(outOfCall === undefined ? [] : ['-oocsf', fileURLToPath(new URL(`${outOfCall}.xml`, SCENARIOS))]),
    ...(transport === 'tcp' ? ['-t', 'tn', '-max_socket', '1000'] : []),
    '-m',
    String(users.length),
    '-r',
    '100',
    '-l',
    '1000',
    '-timeout',
    String(timeoutSec),
    '-timeout_error',
    '-nostdin',
  ]
  const traces = [
    '-trace_logs',
    '-log_file',
    path.join(directory, 'log'),
    '-trace_err',
    '-error_file',
    path.join(directory, 'err'),
  ]
  const args = [
    server,
    '-sf',
    file,
    '-inf',
    path.join(directory, 'users.csv'),
    '-i',
    '127.0.0.1',
    '-p',
    String(port),
    ...load,
    ...traces,
  ]
  const child = spawn('sipp', args, { cwd: directory, stdio: 'ignore', env: { ...process.env, TERM: 'dumb' } })
  const code = await new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? -1)))
  const [log, errors] = await Promise.all(
    ['log', 'err'].map((name) => readFile(path.join(directory, name), 'utf8').catch(() => '')),
  )
  await rm(directory, { recursive: true, force: true })
  return { code, log: log ?? '', errors: errors ?? '' }
}
