import type { IncomingMessage } from '@lamplighter/bus'
import { sessionDeleted } from '@lamplighter/contracts'
import type { FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { audienceOf } from './audience.js'
import { CLOSE, type CloseReason } from './close-codes.js'
import { eventFrame, type ProtocolVersion } from './frames.js'
import { admit, type OutgoingEvent, Session, type TokenCheck } from './session.js'

/** The sessions of this process, found by tenant; the master tenant's see every event. */
export class Gateway {
  readonly #verify: TokenCheck
  readonly #byTenant = new Map<string, Set<Session>>()
  readonly #masters = new Set<Session>()
  readonly #sockets = new Map<WebSocket, Session>()

  constructor(verify: TokenCheck) {
    this.#verify = verify
  }

  /** Admits a socket whose upgrade has been answered, or closes it with the reason, so that browsers can read it. */
  async accept(socket: WebSocket, request: FastifyRequest): Promise<void> {
    // Frames that come while the token is checked are kept for the session.
    socket.pause()
    socket.on('error', () => socket.terminate())
    const query = request.query as Record<string, unknown>
    const version = readVersion(query['version'])
    if (version === 'not a number') return refuse(socket, CLOSE.badVersion)
    if (version === 'unknown') return refuse(socket, CLOSE.protocolError)
    const token = readToken(query['token'], request.headers['x-auth-token'])
    const admitted = await admit(token, this.#verify)
    if (!('allows' in admitted)) return refuse(socket, admitted)
    if (socket.readyState !== socket.OPEN) return
    const session = new Session(socket, version, token ?? '', admitted, this.#verify)
    this.#add(socket, session, admitted.tenantIsMaster ? this.#masters : this.#tenant(admitted.tenantId))
    session.open()
    socket.resume()
  }

  /** Hands an event to every session it may concern. */
  dispatch(message: IncomingMessage): void {
    const event = toOutgoing(message)
    const { tenant } = event.audience
    for (const session of this.#masters) session.offer(event)
    if (tenant !== null) for (const session of this.#byTenant.get(tenant) ?? []) session.offer(event)
    if (message.name === sessionDeleted.name) this.#endSession(message.headers['session_uuid'])
  }

  /** Looks at every session's token again. */
  async recheck(): Promise<void> {
    for (const session of this.#sockets.values()) await session.recheck()
  }

  /** Keeps connections open through proxies, and notices dead ones. */
  ping(): void {
    for (const socket of this.#sockets.keys()) socket.ping()
  }

  /** Sends everybody away. */
  closeAll(): void {
    for (const session of this.#sockets.values()) session.close(CLOSE.shutdown)
  }

  /** A token that was revoked hears nothing more, whatever its expiry says (bus.md 6.3 no. 14). */
  #endSession(id: unknown): void {
    for (const session of this.#sockets.values()) if (session.id === id) session.close(CLOSE.authenticationExpired)
  }

  #tenant(tenantId: string): Set<Session> {
    const known = this.#byTenant.get(tenantId)
    if (known) return known
    const sessions = new Set<Session>()
    this.#byTenant.set(tenantId, sessions)
    return sessions
  }

  #add(socket: WebSocket, session: Session, group: Set<Session>): void {
    group.add(session)
    this.#sockets.set(socket, session)
    socket.on('close', () => {
      group.delete(session)
      this.#sockets.delete(socket)
    })
  }
}

/** The answer to the close frame must be read, so the socket goes on first. */
function refuse(socket: WebSocket, { code, reason }: CloseReason): void {
  socket.resume()
  socket.close(code, reason)
}

function readVersion(value: unknown): ProtocolVersion | 'unknown' | 'not a number' {
  if (value === undefined) return 1
  if (typeof value !== 'string' || !/^ *[+-]?\d{1,9} *$/.test(value)) return 'not a number'
  const version = Number(value)
  return version === 1 || version === 2 ? version : 'unknown'
}

/** The query wins; an empty one counts as absent (bus.md 3.1). */
function readToken(query: unknown, header: string | string[] | undefined): string | undefined {
  const candidates = [...(Array.isArray(query) ? query : [query]), ...(Array.isArray(header) ? header : [header])]
  return candidates.find((candidate): candidate is string => typeof candidate === 'string' && candidate !== '')
}

/** Each version's frame is made when the first socket needs it. */
function toOutgoing(message: IncomingMessage): OutgoingEvent {
  let framed: Buffer | undefined
  return {
    audience: audienceOf(message),
    frameFor: (version) => {
      if (version === 1) return message.body
      framed ??= eventFrame(message.body)
      return framed
    },
  }
}
