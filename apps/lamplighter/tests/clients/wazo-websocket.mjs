/**
 * The WebSocket client of the official JavaScript SDK, unmodified, in a process of its own: it speaks wss only and must
 * trust the proxy's certificate from the start. Prints what it is told, a JSON line each; obeys the lines it is sent.
 */
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import WebSocket from 'ws'

// The client takes the browser's; this Node has none.
globalThis.WebSocket = WebSocket
const require = createRequire(import.meta.url)
const { WebSocketClient, SOCKET_EVENTS } = require('@wazo/sdk')

const { host, token, version, events, heartbeat } = JSON.parse(process.argv[2])
const say = (what, detail = null) => process.stdout.write(`${JSON.stringify({ what, detail })}\n`)
const client = new WebSocketClient({ host, token, version, events, heartbeat })

client.on(SOCKET_EVENTS.INITIALIZED, () => say('initialized'))
client.on(SOCKET_EVENTS.ON_AUTH_FAILED, () => say('auth failed'))
client.on(SOCKET_EVENTS.ON_CLOSE, ({ code, reason }) => say('closed', { code, reason: String(reason) }))
client.on('message', (message) => say('message', message))
client.on('pong', (data) => say('pong', data))
for (const event of events) client.on(event, (body) => say('event', body))
client.connect()

createInterface({ input: process.stdin }).on('line', (line) => {
  const { op, token: fresh } = JSON.parse(line)
  if (op === 'token') client.updateToken(fresh)
  if (op === 'heartbeat') client.startHeartbeat()
  if (op === 'leave') process.exit(0)
})
