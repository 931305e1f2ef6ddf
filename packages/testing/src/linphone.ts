import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installPackages } from './apt.js'

const run = promisify(execFile)
const SOURCE = fileURLToPath(new URL('../fixtures/linphone/lamp.c', import.meta.url))
const LIBRARIES = ['-llinphone', '-lmediastreamer', '-lortp', '-lbctoolbox', '-lbellesip']

/** A phone of liblinphone, compiled when it is first needed. */
export type Linphone = { readonly bodies: readonly string[]; stop(): Promise<void> }

/** Compiles the phone; undefined where liblinphone can be had neither way. */
export async function compileLinphone(): Promise<string | undefined> {
  const binary = path.join(await mkdtemp(path.join(os.tmpdir(), 'lamplighter-linphone-')), 'lamp')
  const compile = () => run('gcc', ['-w', '-o', binary, SOURCE, ...LIBRARIES]).then(() => binary)
  return compile().catch(async () => {
    await installPackages(['liblinphone-dev', 'gcc', 'libc6-dev'])
    return compile().catch(() => undefined)
  })
}

/** Starts one with an account; it registers and subscribes to its own lamp. */
export async function startLinphone(
  binary: string,
  account: { username: string; password: string; server: string; transport: 'udp' | 'tcp' },
): Promise<Linphone> {
  const home = path.join(path.dirname(binary), account.username)
  await mkdir(path.join(home, '.local/share/linphone'), { recursive: true })
  const { username, password, server, transport } = account
  const child = spawn(binary, [username, password, server, transport], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, HOME: home },
  })
  const bodies: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('"')) bodies.push(JSON.parse(line) as string)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    bodies,
    stop: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}
