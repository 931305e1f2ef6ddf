import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import {
  refreshTokenCreated,
  refreshTokenDeleted,
  sessionCreated,
  sessionDeleted,
  sessionExpireSoon,
  userRightsChanged,
} from './auth.js'
import { draft, type EventDraft } from './drafts.js'

/** Whose a session or refresh token is. */
type Owner = { readonly userId: UserId; readonly tenantId: TenantId }
/** A session as its events name it. */
export type SessionHead = Owner & { readonly sessionId: SessionId }
/** A refresh token as its events name it. */
export type RefreshTokenHead = Owner & { readonly clientId: string; readonly mobile: boolean }

/** A session began. */
export function sessionBegan(session: SessionHead, mobile: boolean): EventDraft {
  return draft(sessionCreated, sessionTarget(session), { ...sessionData(session), mobile })
}

/** A session ended. */
export function sessionEnded(session: SessionHead): EventDraft {
  return draft(sessionDeleted, sessionTarget(session), sessionData(session))
}

/** A session ends soon. */
export function sessionEndsSoon(session: SessionHead): EventDraft {
  return draft(sessionExpireSoon, sessionTarget(session), sessionData(session))
}

/** A refresh token was given out. */
export function refreshTokenGiven(token: RefreshTokenHead): EventDraft {
  return draft(refreshTokenCreated, userTarget(token), refreshTokenData(token))
}

/** A refresh token was revoked. */
export function refreshTokenRevoked(token: RefreshTokenHead): EventDraft {
  return draft(refreshTokenDeleted, userTarget(token), refreshTokenData(token))
}

/** The rights of a user changed. */
export function rightsChanged(user: Owner): EventDraft {
  return draft(userRightsChanged, userTarget(user), { user_uuid: user.userId, tenant_uuid: user.tenantId })
}

function userTarget({ userId, tenantId }: Owner) {
  return { tenant: tenantId, user: userId }
}

function sessionTarget(session: SessionHead) {
  return { ...userTarget(session), attributes: { session_uuid: session.sessionId } }
}

function sessionData({ sessionId, userId, tenantId }: SessionHead) {
  return { uuid: sessionId, user_uuid: userId, tenant_uuid: tenantId }
}

function refreshTokenData({ userId, tenantId, clientId, mobile }: RefreshTokenHead) {
  return { client_id: clientId, mobile, user_uuid: userId, tenant_uuid: tenantId }
}
