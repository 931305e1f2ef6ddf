export { createDeadLetterKeeper } from './dead-letters.js'
export { createRelay, type RelayDependencies } from './relay.js'
