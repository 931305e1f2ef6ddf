export type {
  Bus,
  Consumer,
  ConsumerDefinition,
  DeadLetter,
  HeaderMatch,
  IncomingMessage,
  Outcome,
  OutgoingMessage,
} from './bus.js'
export { BusUnavailableError } from './errors.js'
export { InProcessBus } from './in-process-bus.js'
export { RabbitMqBus } from './rabbitmq-bus.js'
