// A JsSIP softphone: registers, subscribes to its lamp and prints each NOTIFY's body as a line of JSON.
import WebSocket from 'ws'

globalThis.WebSocket = WebSocket
globalThis.window = globalThis
const { default: JsSIP } = await import('jssip')
const [url, username, password] = process.argv.slice(2)

const uri = `sip:${username}@127.0.0.1`
const phone = new JsSIP.UA({
  sockets: [new JsSIP.WebSocketInterface(url)],
  uri,
  password,
  authorization_user: username,
  register_expires: 120,
  session_timers: false,
})

let subscriber
phone.on('registered', () => {
  if (subscriber) return
  subscriber = phone.subscribe(uri, 'message-summary', 'application/simple-message-summary', { expires: 600 })
  subscriber.on('notify', (_final, _request, body) => console.log(JSON.stringify(body)))
  subscriber.subscribe()
})
phone.start()
