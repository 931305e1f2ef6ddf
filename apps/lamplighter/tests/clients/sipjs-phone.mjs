// A SIP.js softphone: registers, subscribes to its lamp and prints each NOTIFY's body as a line of JSON.
import WebSocket from 'ws'

globalThis.WebSocket = WebSocket
const { Registerer, RegistererState, Subscriber, UserAgent } = await import('sip.js')
const [url, username, password] = process.argv.slice(2)

const uri = UserAgent.makeURI(`sip:${username}@127.0.0.1`)
const agent = new UserAgent({
  uri,
  transportOptions: { server: url },
  authorizationUsername: username,
  authorizationPassword: password,
  logLevel: 'error',
})
const registerer = new Registerer(agent, { expires: 120 })
registerer.stateChange.addListener((state) => {
  if (state === RegistererState.Registered) subscribe()
})

let subscriber
function subscribe() {
  if (subscriber) return
  const onNotify = (notification) => {
    console.log(JSON.stringify(notification.request.body))
    notification.accept()
  }
  const extraHeaders = ['Accept: application/simple-message-summary']
  subscriber = new Subscriber(agent, uri, 'message-summary', { expires: 600, extraHeaders, delegate: { onNotify } })
  subscriber.subscribe()
}

await agent.start()
await registerer.register()
