export * from './events/index.js'
export * from './message-view.js'
export * from './openapi/index.js'
export * from './rest/index.js'
