import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { freePort } from './free-port.js'
import { waitFor } from './wait-for.js'

/** A NOTIFY as Kamailio saw it: each copy of one counts. */
export type KamailioTold = {
  readonly user: string
  readonly transport: string
  /** `new/old (urgent new/urgent old)`. */
  readonly counts: string
  readonly callId: string
}

/** A certificate and its key, as PEM files. */
export type KamailioTls = { readonly certificate: string; readonly key: string }

/** Login that NOTIFYs to users beginning with 401 need. */
export const KAMAILIO_LOGIN = { username: 'lamps', password: 'hush-hush' } as const

/** What Kamailio answers to a NOTIFY goes by the user it is for; without one of these beginnings it is 200. */
const SCRIPT = `
request_route {
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (!is_method("NOTIFY")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  xlog("L_ALERT", "TOLD|$rU|$proto|$(rb{line.sw,Voice-Message:})|$ci|\\n");
  if ($rU =~ "^888") { exit; }
  if ($rU =~ "^480") { sl_send_reply("480", "Temporarily Unavailable"); exit; }
  if ($rU =~ "^404") { sl_send_reply("404", "Not Found"); exit; }
  if ($rU =~ "^503") { append_to_reply("Retry-After: 2\\r\\n"); sl_send_reply("503", "Service Unavailable"); exit; }
  if ($rU =~ "^401" && !pv_auth_check("gateway", "${KAMAILIO_LOGIN.password}", "0", "0")) {
    auth_challenge("gateway", "1");
    exit;
  }
  sl_send_reply("200", "OK");
}
`

/** Everything one needs to start it again at the same place. */
type Place = { readonly directory: string; readonly port: number; readonly tlsPort: number }

function configuration({ port, tlsPort }: Place, tls: KamailioTls | undefined): string {
  const secure = tls
    ? `enable_tls=yes
listen=tls:127.0.0.1:${tlsPort}
loadmodule "tls.so"
modparam("tls", "private_key", "${tls.key}")
modparam("tls", "certificate", "${tls.certificate}")
modparam("tls", "tls_method", "TLSv1.2+")`
    : ''
  return `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=2
tcp_children=2
dns=no
rev_dns=no
auto_aliases=no
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
${secure}
${['sl', 'pv', 'xlog', 'textops', 'siputils', 'auth'].map((name) => `loadmodule "${name}.so"`).join('\n')}
${SCRIPT}`
}

/** Header lines of a request that asks whether it is up. */
const PROBE = [
  'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKprobe',
  'From: <sip:probe@127.0.0.1>;tag=1',
  'To: <sip:probe@127.0.0.1>',
  'Call-ID: probe',
  'CSeq: 1 OPTIONS',
  'Max-Forwards: 70',
  'Content-Length: 0',
]

/** A real Kamailio as the PBX behind a gateway: it takes NOTIFYs and says in its log what it was told. */
export class KamailioGateway {
  readonly told: KamailioTold[] = []
  readonly #place: Place
  #process: ChildProcess | undefined

  private constructor(place: Place) {
    this.#place = place
  }

  /** Starts one; with TLS when it is given a certificate. @throws when it does not come up */
  static async start(tls?: KamailioTls): Promise<KamailioGateway> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-gateway-'))
    const place = { directory, port: await freePort(), tlsPort: await freePort() }
    await writeFile(path.join(directory, 'kamailio.cfg'), configuration(place, tls))
    const gateway = new KamailioGateway(place)
    await gateway.up()
    return gateway
  }

  /** A target of a gateway. */
  target(transport: 'udp' | 'tcp' | 'tls') {
    const { port, tlsPort } = this.#place
    return { host: '127.0.0.1', port: transport === 'tls' ? tlsPort : port, transport }
  }

  /** Starts it where it was. */
  async up(): Promise<void> {
    const { directory } = this.#place
    const file = path.join(directory, 'kamailio.cfg')
    const child = spawn(
      'kamailio',
      ['-f', file, '-DD', '-E', '-w', directory, '-Y', directory, '-m', '64', '-M', '8'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    this.#process = child
    let said = ''
    let rest = ''
    child.stderr?.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-10_000)
      const lines = (rest + bytes.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#hear(line)
    })
    await waitFor(() => (child.exitCode === null ? this.#answers() : Promise.reject(new Error(said))), {
      what: `Kamailio to come up; it said ${said}`,
      timeoutMs: 30_000,
    })
  }

  /** Ends it, as a power failure would. */
  async kill(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#place.directory, { recursive: true, force: true })
  }

  #hear(line: string): void {
    const [, user = '', transport = '', counts = '', callId = ''] =
      /TOLD\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|/.exec(line) ?? []
    if (user !== '') this.told.push({ user, transport, counts: counts.replace('Voice-Message:', '').trim(), callId })
  }

  /** Whether it answers OPTIONS over TCP. */
  #answers(): Promise<boolean> {
    const { port } = this.#place
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () =>
        socket.write([`OPTIONS sip:127.0.0.1:${port} SIP/2.0`, ...PROBE, '', ''].join('\r\n')),
      )
      socket.once('data', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
      socket.setTimeout(500, () => {
        socket.destroy()
        resolve(false)
      })
    })
  }
}
