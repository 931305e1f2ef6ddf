import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort } from './free-port.js'
import { waitFor } from './wait-for.js'

/** The tables its presence server wants to find, though it keeps everything in memory here. */
const TABLES = ['version', 'presentity', 'active_watchers', 'watchers', 'xcap']
const TEMPLATES = '/usr/share/kamailio/dbtext/kamailio'

function configuration(port: number, directory: string): string {
  return `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=1
disable_tcp=yes
dns=no
rev_dns=no
auto_aliases=no
alias="127.0.0.1"
listen=udp:127.0.0.1:${port}
${['db_text', 'tm', 'sl', 'pv', 'textops', 'presence', 'presence_mwi'].map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("presence", "db_url", "text://${directory}")
modparam("presence", "server_address", "sip:127.0.0.1:${port}")
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 2)
request_route {
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (!t_newtran()) { sl_reply_error(); exit; }
  if (is_method("PUBLISH")) handle_publish(); else if (is_method("SUBSCRIBE")) handle_subscribe();
  t_release();
  exit;
}
`
}

/** A real Kamailio as a presence server: it takes PUBLISH of message-summary and tells its own subscribers. */
export class KamailioPresence {
  readonly port: number
  readonly #process: ChildProcess
  readonly #directory: string

  private constructor(port: number, child: ChildProcess, directory: string) {
    this.port = port
    this.#process = child
    this.#directory = directory
  }

  /** Starts one, in memory. @throws when it does not come up */
  static async start(): Promise<KamailioPresence> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-presence-'))
    for (const table of TABLES) await copyFile(path.join(TEMPLATES, table), path.join(directory, table))
    const port = await freePort()
    const file = path.join(directory, 'kamailio.cfg')
    await writeFile(file, configuration(port, directory))
    const child = spawn(
      'kamailio',
      ['-f', file, '-DD', '-E', '-w', directory, '-Y', directory, '-m', '64', '-M', '8'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        said = (said + bytes.toString()).slice(-10_000)
      })
    }
    await waitFor(() => said.includes('Listening on') || child.exitCode !== null, {
      what: 'Kamailio',
      timeoutMs: 30_000,
    })
    if (child.exitCode !== null) throw new Error(said)
    return new KamailioPresence(port, child, directory)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    await ended
    await rm(this.#directory, { recursive: true, force: true })
  }
}
