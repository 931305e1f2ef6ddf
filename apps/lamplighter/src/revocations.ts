import type { TokenVerifier } from '@lamplighter/access'
import {
  type Bus,
  type Consumer,
  type IncomingMessage,
  type Outcome,
  readEventData,
  SERVICE_QUEUES,
} from '@lamplighter/bus'
import { REVOCATION_EVENTS, readRevocation } from '@lamplighter/contracts'
import type { Service } from '@lamplighter/runtime'

/** What the revocations of a process need. */
export type RevocationDependencies = {
  readonly bus: Bus
  readonly verifier: TokenVerifier
  readonly originUuid: string
}

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
        ...SERVICE_QUEUES.revocations,
        bindings: REVOCATION_EVENTS.map((name) => ({ name, origin_uuid: originUuid })),
        prefetch: PREFETCH,
        handle: (message) => forget(verifier, message),
      })
    },
    stop: async () => consumer?.stop(),
  }
}

function forget(verifier: TokenVerifier, message: IncomingMessage): Outcome {
  const revocation = readRevocation(message.name, readEventData(message))
  if (revocation?.kind === 'session ended') verifier.invalidate(revocation.sessionId)
  else if (revocation?.kind === 'rights of user') verifier.invalidateUser(revocation.userId)
  else if (revocation?.kind === 'rights of tenant') verifier.invalidateTenant(revocation.tenantId)
  else return 'dead_letter'
  return 'ack'
}
