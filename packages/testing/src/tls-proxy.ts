import { writeFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { makeCertificate } from './certificates.js'

/** HTTPS and secure WebSocket in front of a plain server, as a proxy in production: some clients speak nothing else. */
export class TlsProxy {
  readonly #server: https.Server
  readonly #target: URL

  private constructor(server: https.Server, target: URL) {
    this.#server = server
    this.#target = target
  }

  /** @param caFile where to write the certificate that clients must trust (NODE_EXTRA_CA_CERTS) */
  static async start(target: string, caFile: string): Promise<TlsProxy> {
    const { key, certificate: cert } = await makeCertificate('localhost')
    await writeFile(caFile, cert)
    const proxy = new TlsProxy(https.createServer({ key, cert }), new URL(target))
    proxy.#server.on('request', (request, response) => proxy.#forward(request, response))
    proxy.#server.on('upgrade', (request, socket, head) => proxy.#upgrade(request, socket, head))
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  /** Host and port, as clients are given it. */
  get server(): string {
    return `localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #onward(request: http.IncomingMessage): http.ClientRequest {
    const { hostname, port } = this.#target
    const headers = { ...request.headers, 'x-forwarded-proto': 'https' }
    return http.request({ hostname, port, path: request.url, method: request.method, headers })
  }

  #forward(request: http.IncomingMessage, response: http.ServerResponse): void {
    const onward = this.#onward(request)
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  }

  #upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const onward = this.#onward(request)
    onward.on('upgrade', (answer, behind, first) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`)
      socket.write(first)
      behind.write(head)
      behind.pipe(socket).pipe(behind)
      behind.on('error', () => socket.destroy())
      socket.on('error', () => behind.destroy())
    })
    onward.on('response', () => socket.destroy())
    onward.on('error', () => socket.destroy())
    onward.end()
  }
}
