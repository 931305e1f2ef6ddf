import type { Principal } from '@lamplighter/access'
import type { TokenView } from '@lamplighter/contracts'

/** UTC with microseconds and without zone, as clients parse it (rest.md 4.3). */
function utc(date: Date): string {
  return date.toISOString().replace('Z', '000')
}

/** Local time without offset, as clients parse it. */
function local(date: Date): string {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return utc(shifted)
}

/** A token as the API shows it to whoever holds it. */
export function toTokenView(token: string, principal: Principal, originUuid: string): TokenView {
  const pbxUser = principal.purpose === 'user' ? principal.userId : null
  return {
    token,
    session_uuid: principal.sessionId,
    auth_id: principal.userId,
    xivo_user_uuid: pbxUser,
    xivo_uuid: originUuid,
    issued_at: local(principal.createdAt),
    expires_at: local(principal.expiresAt),
    utc_issued_at: utc(principal.createdAt),
    utc_expires_at: utc(principal.expiresAt),
    acl: [...principal.acl],
    metadata: {
      uuid: principal.userId,
      tenant_uuid: principal.tenantId,
      auth_id: principal.userId,
      pbx_user_uuid: pbxUser,
      xivo_uuid: originUuid,
      purpose: principal.purpose,
      admin: principal.admin,
    },
    remote_addr: principal.remoteAddr,
    user_agent: principal.userAgent,
  }
}
