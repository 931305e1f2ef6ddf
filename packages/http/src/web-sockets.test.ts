import { once } from 'node:events'
import { get } from 'node:http'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLogger } from '@lamplighter/runtime'
import type { FastifyRequest } from 'fastify'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createHttpServer, listen } from './server.js'
import { mountWebSocket } from './web-sockets.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('a web socket', () => {
  const server = createHttpServer(createLogger('silent'))
  const requests: WeakRef<FastifyRequest>[] = []
  let open = () => false
  let url = ''
  beforeAll(async () => {
    mountWebSocket(server, {
      paths: ['/socket'],
      accept: (socket, request) => {
        requests.push(new WeakRef(request))
        socket.send('hello')
        open = () => socket.readyState === socket.OPEN
      },
    })
    url = await listen(server, { host: '127.0.0.1', port: 0 })
  })
  afterAll(() => server.close())

  it('keeps nothing of its opening request, which weighs several times as much and holds a token', async () => {
    const upgrade = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
    const opening = get(`${url}/socket`, { headers: { ...upgrade, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' } })
    const [, client] = (await once(opening, 'upgrade')) as [unknown, Socket]
    expect(requests).toHaveLength(1)
    await vi.waitFor(() => {
      collectGarbage()
      expect(requests.map((kept) => kept.deref()?.id)).toEqual([undefined])
    }, 5000)
    expect(open()).toBe(true)
    client.destroy()
  })
})
