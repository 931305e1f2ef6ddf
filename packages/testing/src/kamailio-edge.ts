import { freePort } from './free-port.js'
import { KamailioPeer, KamailioProcess } from './kamailio-process.js'

/** A request as it went through the edge. */
export type EdgePassed = {
  readonly method: string
  /** Who sent it: a phone, or the server behind. */
  readonly from: 'phone' | 'core'
  /** How the edge got it. */
  readonly transport: string
  /** Its Request-URI as the edge got it. */
  readonly uri: string
  readonly callId: string
}

/** Where the server behind the edge listens, and how the edge speaks to it. */
export type EdgeCore = { readonly port: number; readonly transport: 'udp' | 'tcp' }

/**
 * REGISTERs get a Path that says where the phone really is, SUBSCRIBEs a Record-Route and a Contact that does. What comes
 * from behind goes only where its Route lines say.
 */
function script({ port, transport }: EdgeCore): string {
  return `modparam("rr", "enable_full_lr", 1)
modparam("path", "use_received", 1)
request_route {
  if (is_method("OPTIONS") && !has_totag()) { sl_send_reply("200", "OK"); exit; }
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  force_rport();
  $var(side) = "phone";
  if (is_method("NOTIFY")) $var(side) = "core";
  xlog("L_ALERT", "PASSED|$rm|$var(side)|$proto|$ru|$ci|\\n");
  if (has_totag() || is_method("NOTIFY")) {
    $var(way) = loose_route();
    # -3: by Route lines that no dialog gave, as a Path does.
    if ($var(way) < 0 && $var(way) != -3) { sl_send_reply("404", "Not here"); exit; }
    if (is_method("NOTIFY")) handle_ruri_alias(); else add_contact_alias();
    t_relay();
    exit;
  }
  if (is_method("REGISTER")) {
    if (!add_path_received("edge")) { sl_send_reply("503", "No Path"); exit; }
  } else {
    record_route();
    add_contact_alias();
  }
  $du = "sip:127.0.0.1:${port};transport=${transport}";
  t_relay();
}`
}

/** A real Kamailio as the proxy between phones and the server: nothing gets through but by its Record-Route and Path. */
export class KamailioEdge extends KamailioPeer {
  readonly port: number
  readonly passed: EdgePassed[]

  private constructor(port: number, process: KamailioProcess, passed: EdgePassed[]) {
    super(process)
    this.port = port
    this.passed = passed
  }

  /** Starts one before a server. @throws when it does not come up */
  static async start(core: EdgeCore): Promise<KamailioEdge> {
    const port = await freePort()
    const passed: EdgePassed[] = []
    const process = await KamailioProcess.start({
      port,
      modules: ['tm', 'sl', 'rr', 'pv', 'xlog', 'textops', 'siputils', 'maxfwd', 'nathelper', 'path'],
      script: script(core),
      onLine: (line) => hear(line, passed),
    })
    return new KamailioEdge(port, process, passed)
  }
}

function hear(line: string, passed: EdgePassed[]): void {
  const [, method = '', from = '', transport = '', uri = '', callId = ''] =
    /PASSED\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|/.exec(line) ?? []
  if (method !== '') passed.push({ method, from: from === 'core' ? 'core' : 'phone', transport, uri, callId })
}
