import type { SessionId, SessionRecord } from '@lamplighter/domain'

/** Where sessions are looked up. The store implements it. */
export type SessionSource = {
  /** The live session with this id, or undefined when it ended or its user is gone. One statement. */
  findSession(sessionId: SessionId): Promise<SessionRecord | undefined>
}
