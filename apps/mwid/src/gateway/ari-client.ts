import http from 'node:http'
import https from 'node:https'
import type { GatewayTarget } from '@lamplighter/domain'
import type { Answer } from './answer.js'

/** Login at a peer. */
export type PeerLogin = { readonly username: string; readonly password: string }

const TIMEOUT_MS = 10_000
/** Nothing we read an answer for is longer; the connection is closed beyond it. */
const MAX_ANSWER_BYTES = 65_536

/**
 * One request to Asterisk's REST interface. Redirects are not followed: a PBX has none, and they could lead anywhere.
 * `tls` verifies the certificate unless the target says not to.
 */
export function ariRequest(
  target: GatewayTarget,
  method: 'PUT' | 'DELETE' | 'GET',
  path: string,
  login: PeerLogin | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const { host, port, transport, tlsVerify, serverName } = target
  const headers = login
    ? { authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}` }
    : {}
  const usual = {
    host,
    port,
    path,
    method,
    headers: { ...headers, 'content-length': '0' },
    signal,
    timeout: TIMEOUT_MS,
  }
  const tls = { rejectUnauthorized: tlsVerify, ...(serverName === null ? {} : { servername: serverName }) }
  return new Promise((resolve) => {
    const request = transport === 'tls' ? https.request({ ...usual, ...tls }) : http.request(usual)
    request.on('timeout', () => request.destroy(new TimeoutError()))
    request.on('error', (error) => resolve({ type: error instanceof TimeoutError ? 'silent' : 'broken' }))
    request.on('response', (response) => {
      const status = response.statusCode ?? 500
      const after = Number(response.headers['retry-after'])
      resolve({ type: 'answered', status, retryAfterSec: Number.isInteger(after) && after >= 0 ? after : undefined })
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) request.destroy()
      })
      response.on('error', () => {})
    })
    request.end()
  })
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}
