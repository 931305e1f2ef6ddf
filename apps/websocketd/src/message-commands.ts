import type { Principal, TokenIssuer } from '@lamplighter/access'
import { API_BASE, type CommandRoute, GATEWAY_ERRORS, MESSAGE_COMMANDS } from '@lamplighter/contracts'
import type { FastifyInstance } from 'fastify'

/** Where a client is, as its opening request said it. */
export type Peer = { readonly address: string; readonly forwardedFor: string | undefined }

/** What a command is answered with. */
export type CommandAnswer = { readonly code: 0 | 1; readonly data: object | null }

type RestAnswer = { readonly status: number; readonly body: unknown }
type Fields = Readonly<Record<string, unknown>>

const COMMANDS = new Map(MESSAGE_COMMANDS.map((command) => [command.op, command]))

/**
 * Commands about messages. Each is a call of the REST API of this process, without a network: routes, rights, limits,
 * effects and errors are the same because they are the same code.
 */
export class MessageCommands {
  readonly #issuer: TokenIssuer
  #server: FastifyInstance | undefined

  constructor(issuer: TokenIssuer) {
    this.#issuer = issuer
  }

  /** Tells where the APIs of this process are mounted. */
  attach(server: FastifyInstance): void {
    this.#server = server
  }

  /** Does what a client asked for, in its name. `data` was checked against the command's contract. */
  async run(op: string, data: Fields, principal: Principal, peer: Peer): Promise<CommandAnswer> {
    const command = COMMANDS.get(op)
    if (!command) throw new Error(`${op} is no message command`)
    const route = data['voicemail_id'] === undefined ? command.own : (command.ofMailbox ?? command.own)
    return toAnswer(await this.#call(route, data, principal, peer))
  }

  async #call(route: CommandRoute, data: Fields, principal: Principal, peer: Peer): Promise<RestAnswer> {
    const { path, others } = fillPath(route, data)
    const query = route.method === 'GET' ? `?${new URLSearchParams(toTexts(others))}` : ''
    const response = await this.#server?.inject({
      method: route.method,
      url: `${API_BASE[route.api]}${path}${query}`,
      remoteAddress: peer.address,
      headers: {
        'x-auth-token': this.#issuer.issue(principal),
        ...(peer.forwardedFor === undefined ? {} : { 'x-forwarded-for': peer.forwardedFor }),
      },
      ...(route.method === 'PUT' ? { payload: others } : {}),
    })
    if (!response) return { status: 503, body: undefined }
    return { status: response.statusCode, body: response.body === '' ? null : JSON.parse(response.body) }
  }
}

/** A path with its ids, and the fields that are none of them. */
function fillPath({ path }: CommandRoute, data: Fields): { path: string; others: Fields } {
  const used = new Set<string>()
  const filled = path.replace(/\{(\w+)\}/g, (_place, name: string) => {
    used.add(name)
    return encodeURIComponent(String(data[name]))
  })
  return { path: filled, others: Object.fromEntries(Object.entries(data).filter(([name]) => !used.has(name))) }
}

function toTexts(fields: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
}

function toAnswer({ status, body }: RestAnswer): CommandAnswer {
  if (status < 400) return { code: 0, data: body as object | null }
  const { error_id: known, message = 'not now', details } = (body ?? {}) as Fields
  // No id: the path is not served here, or something failed that is not the client's.
  const errorId = typeof known === 'string' ? known : GATEWAY_ERRORS.unavailable
  return { code: 1, data: { error_id: errorId, message, ...(details === undefined ? {} : { details }) } }
}
