import { freePort } from './free-port.js'
import { KamailioPeer, KamailioProcess } from './kamailio-process.js'

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

function secured({ certificate, key }: KamailioTls, tlsPort: number): string {
  return `enable_tls=yes
listen=tls:127.0.0.1:${tlsPort}
loadmodule "tls.so"
modparam("tls", "private_key", "${key}")
modparam("tls", "certificate", "${certificate}")
modparam("tls", "tls_method", "TLSv1.2+")`
}

/** A real Kamailio as the PBX behind a gateway: it takes NOTIFYs and says in its log what it was told. */
export class KamailioGateway extends KamailioPeer {
  readonly told: KamailioTold[]
  readonly #ports: { readonly port: number; readonly tlsPort: number }

  private constructor(process: KamailioProcess, ports: { port: number; tlsPort: number }, told: KamailioTold[]) {
    super(process)
    this.#ports = ports
    this.told = told
  }

  /** Starts one; with TLS when it is given a certificate. @throws when it does not come up */
  static async start(tls?: KamailioTls): Promise<KamailioGateway> {
    const ports = { port: await freePort(), tlsPort: await freePort() }
    const told: KamailioTold[] = []
    const process = await KamailioProcess.start({
      port: ports.port,
      preamble: tls ? secured(tls, ports.tlsPort) : '',
      modules: ['sl', 'pv', 'xlog', 'textops', 'siputils', 'auth'],
      script: SCRIPT,
      onLine: (line) => hear(line, told),
    })
    return new KamailioGateway(process, ports, told)
  }

  /** A target of a gateway. */
  target(transport: 'udp' | 'tcp' | 'tls') {
    const { port, tlsPort } = this.#ports
    return { host: '127.0.0.1', port: transport === 'tls' ? tlsPort : port, transport }
  }
}

function hear(line: string, told: KamailioTold[]): void {
  const [, user = '', transport = '', counts = '', callId = ''] = /TOLD\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|/.exec(line) ?? []
  if (user !== '') told.push({ user, transport, counts: counts.replace('Voice-Message:', '').trim(), callId })
}
