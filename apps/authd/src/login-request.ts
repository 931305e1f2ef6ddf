import type { createToken } from '@lamplighter/contracts'
import { InvalidInputError } from '@lamplighter/domain'
import type { Call } from '@lamplighter/http'
import { type BasicCredentials, readBasicCredentials } from './credentials.js'

/** How somebody proves who they are: by a password, by a refresh token, or not at all. */
export type Proof =
  | ({ readonly kind: 'password' } & BasicCredentials)
  | { readonly kind: 'refresh_token'; readonly refreshToken: string; readonly clientId: string }
  | { readonly kind: 'none' }

/** What a login sends. */
export type LoginRequest = {
  readonly proof: Proof
  /** Undefined: the installation's usual life. */
  readonly expirationSec: number | undefined
  /** Set for an offline login: the client that gets a refresh token. */
  readonly offlineClientId: string | undefined
  readonly mobile: boolean
  readonly userAgent: string
  readonly remoteAddr: string
}

const MAX_USER_AGENT_CHARS = 512

/** Reads a login from headers and body (rest.md 4.2). @throws InvalidInputError for fields that do not go together */
export function readLogin(call: Call<typeof createToken>): LoginRequest {
  const body = call.body()
  const { headers, ip } = call.request
  const { access_type, client_id, refresh_token, saml_session_id } = body
  if (body.domain_name && body.tenant_id) throw conflicting('domain_name and tenant_id exclude each other')
  if (refresh_token && saml_session_id) throw conflicting('refresh_token and saml_session_id exclude each other')
  if (refresh_token && access_type === 'offline') throw conflicting('an offline login takes no refresh_token')
  if ((refresh_token || access_type === 'offline') && client_id === undefined) {
    throw InvalidInputError.of('client_id', 'required', 'is required')
  }
  const sessionType = headers['wazo-session-type']
  return {
    proof: readProof(headers.authorization, refresh_token, client_id),
    expirationSec: body.expiration,
    offlineClientId: access_type === 'offline' ? client_id : undefined,
    mobile: typeof sessionType === 'string' && sessionType.toLowerCase() === 'mobile',
    userAgent: (headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_CHARS),
    remoteAddr: ip,
  }
}

/** A refresh token wins over Basic when both are sent. */
function readProof(
  authorization: string | undefined,
  refreshToken: string | undefined,
  clientId: string | undefined,
): Proof {
  if (refreshToken && clientId !== undefined) return { kind: 'refresh_token', refreshToken, clientId }
  const credentials = readBasicCredentials(authorization)
  return credentials ? { kind: 'password', ...credentials } : { kind: 'none' }
}

function conflicting(message: string): InvalidInputError {
  return InvalidInputError.of('_schema', 'combination', message)
}
