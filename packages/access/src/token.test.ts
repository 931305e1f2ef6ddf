import { randomUUID } from 'node:crypto'
import type { SessionId, SessionRecord, TenantId, UserId } from '@lamplighter/domain'
import jwt from 'jsonwebtoken'
import { describe, expect, it } from 'vitest'
import { deriveKeys } from './keys.js'
import { TokenIssuer, TokenVerifier } from './token.js'

const { tokenKey } = deriveKeys('a secret of more than thirty-two characters')

function setUp(expiresInMs = 60_000) {
  const session: SessionRecord = {
    sessionId: randomUUID() as SessionId,
    userId: randomUUID() as UserId,
    username: 'anna',
    tenantId: randomUUID() as TenantId,
    tenantIsMaster: false,
    purpose: 'user',
    admin: false,
    acl: ['calld.#', '!calld.secret'],
    mobile: false,
    userAgent: '',
    remoteAddr: '',
    createdAt: new Date(),
    expiresAt: new Date(Date.now() + expiresInMs),
  }
  const sessions = new Map([[session.sessionId, session]])
  let asked = 0
  const source = {
    findSession: async (id: SessionId) => {
      asked++
      return sessions.get(id)
    },
  }
  const verifier = new TokenVerifier(tokenKey, source)
  return { session, sessions, verifier, token: new TokenIssuer(tokenKey).issue(session), asked: () => asked }
}

describe('access tokens', () => {
  it('stand for the session with its present ACL', async () => {
    const { verifier, token, session } = setUp()
    const principal = await verifier.verify(token)
    expect(principal.userId).toBe(session.userId)
    expect([principal.allows('calld.x'), principal.allows('calld.secret')]).toEqual([true, false])
  })

  it('ask the store once for many requests, and again after an invalidation', async () => {
    const { verifier, token, session, sessions, asked } = setUp()
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)))
    expect(asked()).toBe(1)
    sessions.delete(session.sessionId)
    verifier.invalidate(session.sessionId)
    await expect(verifier.verify(token)).rejects.toThrow('not valid')
  })

  it.each([
    ['of the session', ({ verifier, session }: ReturnType<typeof setUp>) => verifier.invalidate(session.sessionId)],
    ['of its user', ({ verifier, session }: ReturnType<typeof setUp>) => verifier.invalidateUser(session.userId)],
    ['of its tenant', ({ verifier, session }: ReturnType<typeof setUp>) => verifier.invalidateTenant(session.tenantId)],
    ['of everything', ({ verifier }: ReturnType<typeof setUp>) => verifier.invalidateAll()],
  ])('show new rights at once after an invalidation %s', async (_name, invalidate) => {
    const made = setUp()
    expect((await made.verifier.verify(made.token)).allows('new')).toBe(false)
    made.sessions.set(made.session.sessionId, { ...made.session, acl: ['new'] })
    made.verifier.invalidateUser(randomUUID() as UserId)
    made.verifier.invalidateTenant(randomUUID() as TenantId)
    expect((await made.verifier.verify(made.token)).allows('new')).toBe(false)
    invalidate(made)
    expect((await made.verifier.verify(made.token)).allows('new')).toBe(true)
  })

  it('do not keep a look-up that was under way when rights changed', async () => {
    const { verifier, token, session, sessions } = setUp()
    const early = verifier.verify(token)
    sessions.set(session.sessionId, { ...session, acl: ['new'] })
    verifier.invalidateUser(session.userId)
    await early
    expect((await verifier.verify(token)).allows('new')).toBe(true)
  })

  it.each([
    [
      'another key',
      () => new TokenIssuer(deriveKeys('another secret of more than 32 characters').tokenKey).issue(setUp().session),
    ],
    ['no signature', () => jwt.sign({ sid: randomUUID() }, '', { algorithm: 'none' })],
    ['no token at all', () => 'nonsense'],
    ['a huge text', () => 'x'.repeat(100_000)],
    ['an old date', () => new TokenIssuer(tokenKey).issue({ ...setUp().session, expiresAt: new Date(0) })],
  ])('are refused with %s', async (_name, forge) => {
    await expect(setUp().verifier.verify(forge())).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('end with their session even while the signature is still good', async () => {
    const { verifier, token } = setUp(-1)
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('never show themselves in an error', async () => {
    const { verifier } = setUp()
    const forged = new TokenIssuer(deriveKeys('another secret of more than 32 characters').tokenKey).issue(
      setUp().session,
    )
    const error = await verifier.verify(forged).catch((reason: Error) => reason)
    expect(JSON.stringify(error) + String(error)).not.toContain(forged)
  })
})
