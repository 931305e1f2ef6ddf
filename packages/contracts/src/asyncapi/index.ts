export { buildAsyncApi } from './asyncapi.js'
export { eventTable } from './event-table.js'
