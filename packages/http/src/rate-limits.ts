import type { RouteContract } from '@lamplighter/contracts'
import { LamplighterError } from '@lamplighter/domain'
import { type Admission, type BucketSize, TokenBuckets } from '@lamplighter/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { addressKey } from './address-key.js'
import type { Caller } from './call.js'

/**
 * The limits there are. `address`: everything from one client address. `login`: attempts to log in from one address.
 * `token`: everything but audio with one token. `media`: audio with one token. `tenant`: everything of one tenant.
 * `reassert`: requests of one tenant that lamps be told again, each of which may be many NOTIFYs.
 */
export const RATE_LIMIT_NAMES = ['address', 'login', 'token', 'media', 'tenant', 'reassert'] as const
/** One of {@link RATE_LIMIT_NAMES}. */
export type RateLimitName = (typeof RATE_LIMIT_NAMES)[number]
/** Sizes of the limits; one that is absent does not hold. */
export type RateLimitSizes = Readonly<Partial<Record<RateLimitName, BucketSize>>>

/** Who may ask how much (users.md S21). One for the process, so that all APIs count together. */
export class RateLimits {
  readonly #buckets: ReadonlyMap<RateLimitName, TokenBuckets>

  constructor(sizes: RateLimitSizes) {
    this.#buckets = new Map(
      RATE_LIMIT_NAMES.flatMap((name) => {
        const size = sizes[name]
        return size ? [[name, new TokenBuckets(size)] as const] : []
      }),
    )
  }

  /** Counts a request before anything is known of it but where it comes from. @throws LamplighterError `too-many-requests` */
  admitAddress(request: FastifyRequest, reply: FastifyReply): void {
    this.#admit(reply, [['address', addressKey(request.ip)]])
  }

  /** Counts a request for its route and, where it has one, its caller. @throws LamplighterError `too-many-requests` */
  admit(contract: RouteContract, caller: Caller | undefined, request: FastifyRequest, reply: FastifyReply): void {
    if (contract.rateLimit === 'login') this.#admit(reply, [['login', addressKey(request.ip)]])
    if (!caller) return
    const { sessionId, tenantId } = caller.principal
    if (contract.rateLimit === 'reassert') this.#admit(reply, [['reassert', tenantId]])
    this.#admit(reply, [
      [contract.rateLimit === 'media' ? 'media' : 'token', sessionId],
      ['tenant', tenantId],
    ])
  }

  #admit(reply: FastifyReply, sources: readonly (readonly [RateLimitName, string])[]): void {
    const nowMs = Date.now()
    for (const [name, source] of sources) {
      const admission = this.#buckets.get(name)?.take(source.slice(0, 64), nowMs)
      if (!admission) continue
      show(reply, admission)
      if (admission.admitted) continue
      reply.header('retry-after', Math.ceil(admission.nextInSec))
      throw new LamplighterError('too-many-requests', 'too many requests', { limit: name })
    }
  }
}

/** Of several limits the client sees the one that it will hit first. */
function show(reply: FastifyReply, { limit, remaining, fullInSec }: Admission): void {
  const shown = reply.getHeader('ratelimit-remaining')
  if (typeof shown === 'number' && shown < remaining) return
  reply.headers({
    'ratelimit-limit': limit,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': Math.ceil(fullInSec),
  })
}
