export { ApiError } from './api-error.js'
export { type AnswerOf, type CallOptions, type InputOf, LamplighterClient, type OperationId } from './client.js'
export { EventClient, type EventClientOptions, EventsRefusedError, type ReceivedEvent } from './events.js'
