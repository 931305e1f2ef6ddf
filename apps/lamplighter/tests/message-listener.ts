import { waitFor } from '@lamplighter/testing'
import WebSocket from 'ws'

/** A client of protocol 2 or 3 that wants one event about messages: their ids as it was told, in order. */
export class MessageListener {
  readonly messages: string[] = []
  closed = false
  readonly #socket: WebSocket

  private constructor(socket: WebSocket, eventName: string) {
    this.#socket = socket
    socket.on('message', (text) => {
      const { op, data } = JSON.parse(text.toString()) as {
        op: string
        data: { name: string; data: { message_id: string } }
      }
      if (op === 'event' && data.name === eventName) this.messages.push(data.data.message_id)
    })
    socket.on('close', () => {
      this.closed = true
    })
  }

  /** Resolves when it is started: what happens from then on it is told. */
  static async open(url: string, token: string, eventName: string): Promise<MessageListener> {
    const socket = new WebSocket(url, { headers: { 'x-auth-token': token } })
    const listener = new MessageListener(socket, eventName)
    let started = false
    socket.on('message', (text) => {
      started ||= text.toString().includes('"start"')
    })
    await new Promise((resolve) => socket.once('message', resolve))
    socket.send(`{"op":"subscribe","data":{"event_name":"${eventName}"}}`)
    socket.send('{"op":"start"}')
    await waitFor(() => started, { what: 'start' })
    return listener
  }

  leave(): void {
    this.#socket.terminate()
  }
}
