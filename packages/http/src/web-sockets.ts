import websocket from '@fastify/websocket'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'

/** A path that serves web sockets. */
export type WebSocketRoute = {
  /** The paths; `/*` at the end takes everything below. */
  readonly paths: readonly string[]
  /** The sub-protocol a client must offer, and is answered (RFC 6455 4.2.2). Absent: whatever it offers first. */
  readonly protocol?: string
  /** Status to refuse an upgrade with before it is answered. */
  refuse?(request: FastifyRequest): number | undefined
  /** Takes a socket whose upgrade has been answered. */
  accept(socket: WebSocket, request: FastifyRequest): Promise<void> | void
}

const MAX_FRAME_BYTES = 1024 * 1024
/** How long a client may take to answer a close; the type of the plugin does not know it yet. */
const SOCKET_OPTIONS = { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false, closeTimeout: 5000 }
const ROUTES = 'webSocketRoutes'

/** Adds paths of web sockets to a server that does not listen yet: one upgrade handler serves them all. */
export function mountWebSocket(server: FastifyInstance, route: WebSocketRoute): void {
  if (server.hasDecorator(ROUTES)) {
    server.getDecorator<WebSocketRoute[]>(ROUTES).push(route)
    return
  }
  const routes = [route]
  server.decorate(ROUTES, routes)
  server.addHook('onResponse', async (request) => endPlainAnswer(request))
  server.register((scope, _options, done) => {
    scope.register(websocket, { options: SOCKET_OPTIONS })
    // By now every service has been mounted.
    for (const one of routes) {
      scope.register((own, _none, served) => {
        serve(own, one)
        served()
      })
    }
    done()
  })
}

function serve(scope: FastifyInstance, route: WebSocketRoute): void {
  scope.addHook('onRequest', async (request, reply) => {
    const status = narrowOffer(request, route.protocol) ? route.refuse?.(request) : 400
    if (status !== undefined) return refuse(reply, status)
  })
  scope.addHook('preHandler', async (request, reply) => {
    if (request.ws) reply.raw.detachSocket(request.raw.socket)
  })
  for (const path of route.paths) {
    scope.get(path, { websocket: true }, (socket, request) => {
      forgetRequest(socket)
      return route.accept(socket, request)
    })
  }
}

/**
 * An open socket must not keep what opened it, three times its own weight: the answer, which the plugin attaches to the
 * connection and which is detached before the upgrade is answered, and the listener by which the plugin would log an
 * error with the request. What is wrong with a socket is seen at its close.
 */
function forgetRequest(socket: WebSocket): void {
  socket.removeAllListeners('error')
  socket.on('error', terminate)
}

function terminate(this: WebSocket): void {
  this.terminate()
}

/** The upgrade answers the first protocol offered: only the one we speak is left. False when it is not offered. */
function narrowOffer({ raw }: FastifyRequest, protocol: string | undefined): boolean {
  if (protocol === undefined) return true
  const offered = (raw.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  raw.headers['sec-websocket-protocol'] = protocol
  return offered.includes(protocol)
}

function refuse(reply: FastifyReply, status: number): FastifyReply {
  return reply
    .code(status)
    .type('application/json')
    .send(`${JSON.stringify({ message: 'no web socket here for you' })}\n`)
}

/** Node hands every upgrade over: one that was answered like any request has a socket that nobody else would end. */
function endPlainAnswer({ raw }: FastifyRequest): void {
  if (raw.headers.upgrade !== undefined) raw.socket.end()
}
