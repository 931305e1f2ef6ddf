import type { ApiName } from '@lamplighter/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'

const METHODS = 'GET, HEAD, POST, OPTIONS, PUT, PATCH, DELETE'
const COMMON_HEADERS = ['Content-Type', 'X-Auth-Token', 'Wazo-Tenant']
/** What our own additions are asked with; the peers have none of them. */
const OWN_HEADERS = ['Idempotency-Key', 'If-Match', 'If-None-Match', 'Range']

/**
 * Request headers a page of another origin may send (rest.md 1.11). `X-User-UUID` must never be among them: the
 * JavaScript client takes it for the sign of an edge server and changes its ways.
 */
const ALLOWED_HEADERS: Readonly<Record<ApiName, string>> = {
  auth: [...COMMON_HEADERS, 'Authorization', 'Wazo-Session-Type', ...OWN_HEADERS].join(', '),
  confd: [...COMMON_HEADERS, ...OWN_HEADERS].join(', '),
  calld: [...COMMON_HEADERS, ...OWN_HEADERS].join(', '),
  events: [...COMMON_HEADERS, 'Last-Event-ID'].join(', '),
  ari: [...COMMON_HEADERS, 'Authorization'].join(', '),
  'call-logd': COMMON_HEADERS.join(', '),
}

/** Lets a page of any origin read the answer: its origin is echoed, without credentials, and no header is exposed. */
export function allowOrigin(api: ApiName, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('access-control-allow-origin', request.headers.origin ?? '*').header('vary', 'Origin')
  if (request.method !== 'OPTIONS') return
  reply.header('access-control-allow-methods', METHODS).header('access-control-allow-headers', ALLOWED_HEADERS[api])
}
