export { createRelay, type RelayDependencies } from './relay.js'
