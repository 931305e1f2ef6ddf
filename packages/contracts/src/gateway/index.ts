export { CLOSE, type CloseReason } from './close-codes.js'
export * from './commands.js'
export { type FrameContract, GATEWAY_ERRORS, SERVER_FRAMES } from './frames.js'
export { type CommandRoute, MESSAGE_COMMANDS, type MessageCommand } from './message-commands.js'
