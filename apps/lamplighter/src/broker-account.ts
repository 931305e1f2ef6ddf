import {
  type BrokerGrant,
  type BrokerPermissions,
  consumerGrant,
  permissionsFor,
  REDELIVERY_GRANT,
  RELAY_GRANT,
  SERVICE_QUEUES,
  tenantQueuesGrant,
} from '@lamplighter/bus'
import { CONSUMER_QUEUE_NAMES } from '@lamplighter/domain'
import { SERVICE_NAMES, type ServiceName } from './config.js'

/** Every process with an API forgets sessions that ended. */
const REVOCATIONS = consumerGrant(SERVICE_QUEUES.revocations)

/** What each service does on the broker. */
const GRANTS: Readonly<Record<ServiceName, readonly BrokerGrant[]>> = {
  authd: [REVOCATIONS],
  confd: [
    REVOCATIONS,
    consumerGrant(SERVICE_QUEUES.consumerRights),
    tenantQueuesGrant(CONSUMER_QUEUE_NAMES),
    REDELIVERY_GRANT,
  ],
  calld: [REVOCATIONS, consumerGrant(SERVICE_QUEUES.transcriptions)],
  websocketd: [REVOCATIONS, consumerGrant(SERVICE_QUEUES.gateway)],
  relayd: [RELAY_GRANT],
  mwid: [SERVICE_QUEUES.lamps, SERVICE_QUEUES.gatewayLamps, SERVICE_QUEUES.sources].map(consumerGrant),
}

/**
 * What the account of a process that runs these services needs on the broker, and nothing beside (bus.md 6.3 row 27).
 *
 * @param services all of them when empty, as with `lamplighter serve`
 * @throws RangeError that names what is no service
 */
export function brokerPermissions(services: readonly string[]): BrokerPermissions {
  const unknown = services.find((name) => !(SERVICE_NAMES as readonly string[]).includes(name))
  if (unknown !== undefined)
    throw new RangeError(`there is no service ${unknown}; there are ${SERVICE_NAMES.join(', ')}`)
  const names = services.length === 0 ? SERVICE_NAMES : (services as readonly ServiceName[])
  return permissionsFor(names.flatMap((name) => GRANTS[name]))
}
