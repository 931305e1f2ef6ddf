export * from './events/index.js'
export * from './gateway/index.js'
export * from './message-view.js'
export * from './rest/index.js'
