import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/

/**
 * For Prometheus: how the services do. Numbers of the whole installation, nothing of a tenant. This machine may read it,
 * others with the token; for everybody else there is no such path.
 */
export function mountMetrics(server: FastifyInstance, registry: Registry, token: string | undefined): void {
  server.get('/metrics', async (request, reply) => {
    if (!isAllowed(request, token)) return reply.callNotFound()
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

function isAllowed({ ip, headers }: FastifyRequest, token: string | undefined): boolean {
  if (LOOPBACK.test(ip)) return true
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  return token !== undefined && given !== undefined && timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
