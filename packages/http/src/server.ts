import { randomUUID } from 'node:crypto'
import { type Logger, type Service, StartError } from '@lamplighter/runtime'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { traceOf } from './trace.js'

/** A service that answers on the shared HTTP server: it is mounted before the server listens. */
export type HttpService = Service & { mount(server: FastifyInstance): void }

/** Where the server listens. Port 0 takes any free one. */
export type ListenOptions = { readonly host: string; readonly port: number }

/** Query parameters that may hold a secret; their values never reach a log. */
const SECRET_PARAMETERS = /([?&](?:token|ticket|signature)=)[^&]*/gi
/** Whoever has a recording link can listen, whoever knows the broker's path can ask: as secret as a token. */
const SECRET_PATHS = /(\/recordings\/|\/rabbit\/)[^/?]+/gi
/** Letters may be escaped and mean the same (RFC 3986 6.2.2.2): no name hides behind that. */
const ESCAPED_LETTERS = /%(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])/gi

/**
 * A server without routes: limits, request ids and logs that hold no token.
 *
 * @param trustedProxies whose `X-Forwarded-For` says where a client is: addresses, networks, or `loopback`
 */
export function createHttpServer(log: Logger, trustedProxies: readonly string[] = []): FastifyInstance {
  const logger: FastifyBaseLogger = log.child({}, { serializers: { req: describeRequest } })
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    routerOptions: { maxParamLength: 2048, ignoreTrailingSlash: false },
    // A client that stops in the middle of its headers or body holds a socket no longer than this.
    requestTimeout: 120_000,
    keepAliveTimeout: 72_000,
    // An upgrade is the web socket's; every other expectation is refused by Node itself.
    forceCloseConnections: 'idle',
    trustProxy: [...trustedProxies],
    childLoggerFactory: (parent, bindings, options, raw) =>
      parent.child({ ...bindings, ...traceOf(raw.headers) }, options) as FastifyBaseLogger,
    frameworkErrors: (_error, request, reply) => answerUnknown(request, reply),
  })
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  server.addHook('onResponse', async (request, reply) => {
    request.log.debug({ req: request, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
  server.setNotFoundHandler(answerUnknown)
  return server
}

/** Outside of every API, and for a path whose escapes cannot be read: as a framework would say it (rest.md 1.8 E4). */
function answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const text = `${JSON.stringify({ message: 'there is no such path' })}\n`
  return reply.code(404).header('x-request-id', request.id).type('application/json').send(text)
}

/** Listens. @throws StartError in one sentence when the address is taken or not ours. */
export async function listen(server: FastifyInstance, { host, port }: ListenOptions): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new StartError(`HTTP port ${port} on ${host} is in use`, { cause: error })
    if (code === 'EACCES')
      throw new StartError(`HTTP port ${port} on ${host} may not be used by this account`, { cause: error })
    if (code === 'EADDRNOTAVAIL') throw new StartError(`${host} is not an address of this machine`, { cause: error })
    throw error
  }
}

/** What a log line says of a request: never a header, never a token. */
function describeRequest(request: { method?: string; url?: string; id?: string }): Record<string, unknown> {
  return { id: request.id, method: request.method, url: withoutSecrets(request.url ?? '') }
}

function withoutSecrets(url: string): string {
  const plain = url.replace(ESCAPED_LETTERS, (escaped) => decodeURIComponent(escaped))
  return plain.replace(SECRET_PARAMETERS, '$1[redacted]').replace(SECRET_PATHS, '$1[redacted]')
}
