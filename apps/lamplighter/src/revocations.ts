import type { TokenVerifier } from '@lamplighter/access'
import type { Bus, Consumer, IncomingMessage, Outcome } from '@lamplighter/bus'
import { policyChanged, sessionDeleted, userRightsChanged } from '@lamplighter/contracts'
import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import type { Service } from '@lamplighter/runtime'

/** What the revocations of a process need. */
export type RevocationDependencies = {
  readonly bus: Bus
  readonly verifier: TokenVerifier
  readonly originUuid: string
}

const EVENTS = [sessionDeleted.name, userRightsChanged.name, policyChanged.name]
const PREFETCH = 100

/**
 * Makes this process forget what it remembers of a session that ended or of rights that changed, whichever process did
 * it. What the bus did not deliver is forgotten by age, seconds later.
 */
export function createRevocations({ bus, verifier, originUuid }: RevocationDependencies): Service {
  let consumer: Consumer | undefined
  return {
    name: 'revocations',
    start: async () => {
      bus.onReconnect(() => verifier.invalidateAll())
      consumer = await bus.consume({
        queue: 'access.revocations',
        durability: 'exclusive',
        bindings: EVENTS.map((name) => ({ name, origin_uuid: originUuid })),
        prefetch: PREFETCH,
        handle: (message) => forget(verifier, message),
      })
    },
    stop: async () => consumer?.stop(),
  }
}

function forget(verifier: TokenVerifier, message: IncomingMessage): Outcome {
  const data = readData(message)
  const { uuid, user_uuid: user, tenant_uuid: tenant } = data as Record<string, unknown>
  if (message.name === sessionDeleted.name && typeof uuid === 'string') verifier.invalidate(uuid as SessionId)
  else if (message.name === userRightsChanged.name && typeof user === 'string') verifier.invalidateUser(user as UserId)
  else if (message.name === policyChanged.name && typeof tenant === 'string')
    verifier.invalidateTenant(tenant as TenantId)
  else return 'dead_letter'
  return 'ack'
}

function readData({ body }: IncomingMessage): object {
  try {
    const event: unknown = JSON.parse(body.toString('utf8'))
    const data = typeof event === 'object' && event !== null ? (event as { data?: unknown }).data : undefined
    return typeof data === 'object' && data !== null ? data : {}
  } catch {
    return {}
  }
}
