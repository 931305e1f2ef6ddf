import { createHash, timingSafeEqual } from 'node:crypto'
import { API_BASE } from '@lamplighter/contracts'
import type { Logger } from '@lamplighter/runtime'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { BrokerAccess, BrokerTopic } from './broker-access.js'

const TOPICS: readonly BrokerTopic[] = ['user', 'vhost', 'resource', 'topic']
/** A form of the broker is a few hundred bytes. */
const MAX_FORM_BYTES = 16 * 1024
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/**
 * Serves RabbitMQ's HTTP authentication backend (bus.md 5.8) under `/api/auth/0.1/rabbit/`. It is the broker's, no part
 * of the API: forms in, a word out, always 200. Whoever is not the broker gets 404.
 *
 * @param secret a path segment only the broker knows; without one only this machine may ask
 */
export function mountBrokerRoutes(
  server: FastifyInstance,
  access: BrokerAccess,
  secret: string | undefined,
  log: Logger,
): void {
  server.register(
    (scope, _options, done) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_FORM_BYTES }, (_request, body, parsed) => {
        parsed(null, new URLSearchParams(String(body)))
      })
      for (const topic of TOPICS) {
        scope.post(secret === undefined ? `/${topic}` : `/:secret/${topic}`, async (request, reply) => {
          if (!isBroker(request, secret)) return reply.callNotFound()
          const question = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
          // The store not answering is an error to the broker, which refuses and remembers nothing.
          const answer = await access.decide(topic, question)
          if (answer === 'deny') log.info({ topic, ...facts(question) }, 'the broker was told no')
          return reply.type('text/plain').send(answer)
        })
      }
      done()
    },
    { prefix: `${API_BASE.auth}/rabbit` },
  )
}

function isBroker(request: FastifyRequest, secret: string | undefined): boolean {
  if (secret !== undefined) return equals((request.params as { secret: string }).secret, secret)
  // A proxy on this machine speaks for others.
  const forwarded = request.headers['x-forwarded-for'] ?? request.headers['forwarded']
  return forwarded === undefined && LOOPBACK.has(request.socket.remoteAddress ?? '')
}

function equals(given: string, known: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(known))
}

/** What may stand in a log: everything but the password. */
function facts(question: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...question].filter(([field]) => field !== 'password').slice(0, 12))
}
