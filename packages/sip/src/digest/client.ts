import { randomBytes } from 'node:crypto'
import { parseDigest, quote } from './credentials.js'
import { computeHa1, computeResponse, type DigestAlgorithm } from './hash.js'

/** A login at a peer. */
export type DigestLogin = { readonly username: string; readonly password: string }

/** Answers a challenge; undefined when it asks for something we cannot do. */
export function answerChallenge(
  challenge: string,
  login: DigestLogin,
  method: string,
  uri: string,
): string | undefined {
  const params = parseDigest(challenge)
  const algorithm = readAlgorithm(params?.get('algorithm'))
  const nonce = params?.get('nonce')
  if (!params || !algorithm || nonce === undefined) return undefined
  const realm = params.get('realm') ?? ''
  const ha1 = computeHa1(algorithm, login.username, realm, login.password)
  const offersAuth = (params.get('qop') ?? '').split(',').some((word) => word.trim().toLowerCase() === 'auth')
  const qop = offersAuth ? { nc: '00000001', cnonce: randomBytes(8).toString('hex') } : undefined
  const response = computeResponse(algorithm, { ha1, method, uri, nonce, qop })
  const fields = [
    `username=${quote(login.username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response=${quote(response)}`,
    `algorithm=${algorithm}`,
  ]
  if (qop) fields.push('qop=auth', `nc=${qop.nc}`, `cnonce=${quote(qop.cnonce)}`)
  const opaque = params.get('opaque')
  if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`)
  return `Digest ${fields.join(', ')}`
}

function readAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
  const upper = (name ?? 'MD5').toUpperCase()
  return upper === 'MD5' || upper === 'SHA-256' ? upper : undefined
}
