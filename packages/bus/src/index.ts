export type {
  Bus,
  Consumer,
  ConsumerDefinition,
  DeadLetter,
  HeaderMatch,
  IncomingMessage,
  Outcome,
  OutgoingMessage,
  PublishOptions,
} from './bus.js'
export { toIncoming } from './bus.js'
export { type ConsumerQueue, ConsumerQueues, type QueueBinding } from './consumer-queues.js'
export { BusUnavailableError } from './errors.js'
export { readEventData } from './event-data.js'
export { InProcessBus } from './in-process-bus.js'
export {
  type BrokerGrant,
  type BrokerPermissions,
  consumerGrant,
  permissionsFor,
  REDELIVERY_GRANT,
  RELAY_GRANT,
  tenantQueuesGrant,
} from './permissions.js'
export { SERVICE_QUEUES } from './queues.js'
export { RabbitMqBus } from './rabbitmq-bus.js'
