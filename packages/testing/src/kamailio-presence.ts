import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import { freePort } from './free-port.js'
import { KamailioPeer, KamailioProcess } from './kamailio-process.js'

/** The tables its presence server wants to find, though it keeps everything in memory here. */
const TABLES = ['version', 'presentity', 'active_watchers', 'watchers', 'xcap']
const TEMPLATES = '/usr/share/kamailio/dbtext/kamailio'

/** Password of every user, where subscribers must prove themselves. */
export const PRESENCE_PASSWORD = 'watch-out'

/** How it treats its subscribers. */
export type PresenceTerms = {
  /** Whether they must prove themselves, by {@link PRESENCE_PASSWORD}. */
  readonly digest?: boolean
  /** The longest it grants. */
  readonly maxExpiresSec?: number
}

function script(port: number, { digest, maxExpiresSec = 3600 }: PresenceTerms, directory: string): string {
  const proof = `if (is_method("SUBSCRIBE")) {
    if (!pv_auth_check("presence", "${PRESENCE_PASSWORD}", "0", "0")) { auth_challenge("presence", "1"); exit; }
    consume_credentials();
  }`
  return `modparam("presence", "db_url", "text://${directory}")
modparam("presence", "server_address", "sip:127.0.0.1:${port}")
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 2)
modparam("presence", "max_expires", ${maxExpiresSec})
modparam("presence", "send_fast_notify", 1)
request_route {
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  ${digest ? proof : ''}
  if (!t_newtran()) { sl_reply_error(); exit; }
  if (is_method("PUBLISH")) handle_publish(); else if (is_method("SUBSCRIBE")) handle_subscribe();
  t_release();
  exit;
}`
}

/** A real Kamailio as a presence server: it takes PUBLISH of message-summary and tells its own subscribers. */
export class KamailioPresence extends KamailioPeer {
  readonly port: number

  private constructor(port: number, process: KamailioProcess) {
    super(process)
    this.port = port
  }

  /** Starts one, in memory. @throws when it does not come up */
  static async start(terms: PresenceTerms = {}): Promise<KamailioPresence> {
    const port = await freePort()
    const process = await KamailioProcess.start({
      port,
      preamble: 'alias="127.0.0.1"',
      modules: ['db_text', 'tm', 'sl', 'pv', 'textops', 'auth', 'presence', 'presence_mwi'],
      script: (directory) => script(port, terms, directory),
      furnish: async (directory) => {
        for (const table of TABLES) await copyFile(path.join(TEMPLATES, table), path.join(directory, table))
      },
    })
    return new KamailioPresence(port, process)
  }
}
