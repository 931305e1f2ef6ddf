import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** A TCP port of the loopback interface that nobody uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** A UDP port of the loopback interface whose neighbour above is free too: baresip takes both. */
export async function freeUdpPort(): Promise<number> {
  for (;;) {
    const port = await bindUdp(0)
    if (port % 2 === 0 && port < 65_000 && (await bindUdp(port + 1).catch(() => 0)) !== 0) return port
  }
}

function bindUdp(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(port, '127.0.0.1', () => {
      const bound = socket.address().port
      socket.close(() => resolve(bound))
    })
  })
}
