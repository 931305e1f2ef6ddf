import { type IncomingMessage as HttpRequest, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TokenIssuer, TokenVerifier } from '@lamplighter/access'
import type { Bus, Consumer, IncomingMessage, Outcome } from '@lamplighter/bus'
import { type AccessControl, calldForm, type HttpService, mountApi } from '@lamplighter/http'
import { type Logger, sleep } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'
import type { FastifyInstance } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import { Admission } from './admission.js'
import { eventRoutes } from './event-routes.js'
import { Feed } from './feed.js'
import { Gateway, type GatewayContext, type SessionList } from './gateway.js'
import { Members } from './members.js'
import { MessageCommands } from './message-commands.js'
import { readOpening } from './opening-request.js'
import { DEFAULT_SETTINGS, type GatewaySettings } from './settings.js'

/** What websocketd is made of. */
export type WebsocketdDependencies = {
  readonly bus: Bus
  readonly store: Pick<Store, 'replay' | 'tickets'> & { readonly accounts: SessionList }
  readonly access: AccessControl
  readonly verifier: TokenVerifier
  readonly issuer: TokenIssuer
  readonly originUuid: string
  /** How far back the log reaches. */
  readonly retentionHours: number
  readonly log: Logger
  /** Limits that are to differ from the usual ones. */
  readonly settings?: Partial<GatewaySettings>
}

const MAX_FRAME_BYTES = 1024 * 1024
/** How long a client may take to answer a close. */
const CLOSE_TIMEOUT_MS = 5000
/** How long a stop waits for such answers. */
const FAREWELL_MS = 500
const PREFETCH = 250

/** The event gateway: `/api/websocketd`, protocols 1, 2 (bus.md 3) and 3 (bus.md 5.6), and `/api/events`. */
export function createWebsocketd(dependencies: WebsocketdDependencies): HttpService {
  const { bus, access, originUuid, log } = dependencies
  const context = contextOf(dependencies)
  const gateway = new Gateway(context)
  const feed = new Feed(context.history, (event) => gateway.dispatch(event), log)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
  } as ConstructorParameters<typeof WebSocketServer>[0])
  const timers: NodeJS.Timeout[] = []
  let consumer: Consumer | undefined
  const catchUp = () => feed.catchUp().catch((err) => log.debug({ err }, 'the log cannot be read now'))
  const every = (ms: number, work: () => unknown) => timers.push(setInterval(work, ms).unref())
  return {
    name: 'websocketd',
    mount: (server) => {
      context.commands.attach(server)
      mountApi(server, { name: 'events', implementations: eventRoutes(context), errorForm: calldForm, access, log })
      takeUpgrades(server, sockets, gateway)
    },
    start: async () => {
      await feed.start()
      bus.onReconnect(catchUp)
      // One queue for the whole process, bound once: everything else is decided in memory.
      consumer = await bus.consume({
        queue: 'websocketd',
        durability: 'exclusive',
        bindings: [{ origin_uuid: originUuid }],
        prefetch: PREFETCH,
        handle: (message) => take(feed, message, log),
      })
      every(context.settings.pingIntervalMs, () => gateway.ping())
      every(context.settings.recheckIntervalMs, () => gateway.recheck())
      every(context.settings.pollIntervalMs, catchUp)
    },
    stop: async () => {
      for (const timer of timers.splice(0)) clearInterval(timer)
      await feed.stop()
      gateway.closeAll()
      await consumer?.stop()
      await farewell(sockets.clients)
    },
  }
}

/** Acknowledged when the frames were handed to the sockets, not before. */
async function take(feed: Feed, message: IncomingMessage, log: Logger): Promise<Outcome> {
  if (isEvent(message)) await feed.take(message)
  else log.warn({ eventId: message.eventId }, 'a message that is no event was dropped')
  return 'ack'
}

function contextOf(dependencies: WebsocketdDependencies): GatewayContext {
  const { store, verifier, issuer, retentionHours, log, settings } = dependencies
  return {
    admission: new Admission(verifier, store.tickets),
    members: new Members(),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    history: store.replay,
    commands: new MessageCommands(issuer),
    retentionSec: retentionHours * 3600,
    sessions: store.accounts,
    verifier,
    log,
  }
}

/** Upgrades that are not for the gateway are answered as if they had not asked for one. */
function takeUpgrades(server: FastifyInstance, sockets: WebSocketServer, gateway: Gateway): void {
  server.server.on('upgrade', (request: HttpRequest, socket: Duplex, head: Buffer) => {
    const opening = readOpening(request)
    if (request.headers.upgrade?.toLowerCase() !== 'websocket' || !opening)
      return answerPlainly(server, request, socket)
    sockets.handleUpgrade(request, socket, head, (accepted: WebSocket) => void gateway.accept(accepted, opening))
  })
}

function answerPlainly(server: FastifyInstance, request: HttpRequest, socket: Duplex): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0])
  response.on('finish', () => socket.end())
  socket.on('error', () => socket.destroy())
  server.routing(request, response)
}

/** Clients may answer the close; those who do not are left. */
async function farewell(sockets: ReadonlySet<WebSocket>): Promise<void> {
  const until = Date.now() + FAREWELL_MS
  while (sockets.size > 0 && Date.now() < until) await sleep(10)
  for (const socket of sockets) socket.terminate()
}

/** Bodies that are not JSON objects, and events without a name, are nobody's (bus.md 3.3). Our own are known to be right. */
function isEvent({ name, body, cursor }: IncomingMessage): boolean {
  if (cursor !== undefined) return true
  if (name === '') return false
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
