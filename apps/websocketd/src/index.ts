import { isUtf8 } from 'node:buffer'
import type { TokenIssuer, TokenVerifier } from '@lamplighter/access'
import { type Bus, type Consumer, type IncomingMessage, type Outcome, SERVICE_QUEUES } from '@lamplighter/bus'
import { type AccessControl, calldForm, type HttpService, mountApi, mountWebSocket } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'
import { Admission } from './admission.js'
import { eventRoutes } from './event-routes.js'
import { Feed, type History } from './feed.js'
import { Gateway, type GatewayContext, type SessionList } from './gateway.js'
import { Members } from './members.js'
import { MessageCommands } from './message-commands.js'
import { readOpening } from './opening-request.js'
import { DEFAULT_SETTINGS, type GatewaySettings } from './settings.js'
import { Sockets } from './sockets.js'

/** What websocketd is made of. */
export type WebsocketdDependencies = {
  readonly bus: Bus
  readonly store: Pick<Store, 'tickets'> & { readonly replay: History; readonly accounts: SessionList }
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

/** Any path below the gateway's own is the gateway too (bus.md 3.1). */
const GATEWAY_PATHS = ['/api/websocketd', '/api/websocketd/*']
const PREFETCH = 250

/** The event gateway: `/api/websocketd`, protocols 1, 2 (bus.md 3) and 3 (bus.md 5.6), and `/api/events`. */
export function createWebsocketd(dependencies: WebsocketdDependencies): HttpService {
  const { bus, access, originUuid, log } = dependencies
  let tookPlace = () => {}
  const placed = new Promise<void>((resolve) => {
    tookPlace = resolve
  })
  const context = contextOf(dependencies, placed)
  const gateway = new Gateway(context)
  const feed = new Feed(context.history, (event) => gateway.dispatch(event), log)
  const timers: NodeJS.Timeout[] = []
  let consumer: Consumer | undefined
  const catchUp = () => feed.catchUp().catch((err) => log.debug({ err }, 'the log cannot be read now'))
  const every = (ms: number, work: () => unknown) => timers.push(setInterval(work, ms).unref())
  return {
    name: 'websocketd',
    mount: (server) => {
      context.commands.attach(server)
      mountApi(server, { name: 'events', implementations: eventRoutes(context), errorForm: calldForm, access, log })
      mountWebSocket(server, {
        paths: GATEWAY_PATHS,
        accept: (socket, request) => gateway.accept(socket, readOpening(request.raw)),
      })
    },
    start: async () => {
      await feed.start()
      tookPlace()
      bus.onReconnect(catchUp)
      // One queue for the whole process, bound once: everything else is decided in memory.
      consumer = await bus.consume({
        ...SERVICE_QUEUES.gateway,
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
      await context.sockets.farewell()
    },
  }
}

/** Acknowledged when the frames were handed to the sockets, not before. */
async function take(feed: Feed, message: IncomingMessage, log: Logger): Promise<Outcome> {
  if (isEvent(message)) await feed.take(message)
  else log.warn({ eventId: message.eventId }, 'a message that is no event was dropped')
  return 'ack'
}

function contextOf(dependencies: WebsocketdDependencies, placed: Promise<void>): GatewayContext {
  const { store, verifier, issuer, retentionHours, log, settings } = dependencies
  return {
    placed,
    admission: new Admission(verifier, store.tickets),
    members: new Members(),
    sockets: new Sockets(),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    history: store.replay,
    commands: new MessageCommands(issuer),
    retentionSec: retentionHours * 3600,
    sessions: store.accounts,
    verifier,
    log,
  }
}

/**
 * Bodies that are not UTF-8 or JSON objects, and events without a name, are nobody's (bus.md 3.3). The name of the header
 * decides what an event is; one that only the body names (bus.md 2.2) is for who wants every name. Our own are known to be
 * right.
 */
function isEvent({ name, body, cursor }: IncomingMessage): boolean {
  if (cursor !== undefined) return true
  if (!isUtf8(body)) return false
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const { name: own } = value as { name?: unknown }
    return name !== '' || (typeof own === 'string' && own !== '')
  } catch {
    return false
  }
}
