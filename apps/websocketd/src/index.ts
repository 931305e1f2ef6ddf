import websocket from '@fastify/websocket'
import type { TokenVerifier } from '@lamplighter/access'
import type { Bus, Consumer, IncomingMessage } from '@lamplighter/bus'
import type { HttpService } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import { Gateway } from './gateway.js'

/** What websocketd is made of. */
export type WebsocketdDependencies = {
  readonly bus: Bus
  readonly verifier: TokenVerifier
  readonly originUuid: string
  readonly log: Logger
}

const PATH = '/api/websocketd'
const MAX_FRAME_BYTES = 1024 * 1024
const PING_INTERVAL_MS = 60_000
const RECHECK_INTERVAL_MS = 15_000
const PREFETCH = 250

/** The event gateway under `/api/websocketd`, protocols 1 and 2 (bus.md 3). */
export function createWebsocketd({ bus, verifier, originUuid, log }: WebsocketdDependencies): HttpService {
  const gateway = new Gateway((token) => verifier.verify(token))
  let consumer: Consumer | undefined
  const timers: NodeJS.Timeout[] = []
  return {
    name: 'websocketd',
    mount: (server) => {
      server.register(async (scope) => {
        await scope.register(websocket, { options: { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false } })
        for (const url of [PATH, `${PATH}/*`]) {
          scope.get(url, { websocket: true }, (socket, request) => gateway.accept(socket, request))
        }
      })
    },
    start: async () => {
      // One queue for the whole process, bound once: everything else is decided in memory.
      consumer = await bus.consume({
        queue: 'websocketd',
        durability: 'exclusive',
        bindings: [{ origin_uuid: originUuid }],
        prefetch: PREFETCH,
        handle: (message) => {
          if (isEvent(message)) gateway.dispatch(message)
          else log.warn({ eventId: message.eventId }, 'a message that is no event was dropped')
          return 'ack'
        },
      })
      timers.push(setInterval(() => gateway.ping(), PING_INTERVAL_MS).unref())
      timers.push(setInterval(() => void gateway.recheck(), RECHECK_INTERVAL_MS).unref())
    },
    stop: async () => {
      for (const timer of timers.splice(0)) clearInterval(timer)
      gateway.closeAll()
      await consumer?.stop()
    },
  }
}

/** Bodies that are not JSON objects, and events without a name, are nobody's (bus.md 3.3). */
function isEvent({ name, body }: IncomingMessage): boolean {
  if (name === '') return false
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
