import {
  AuthenticationError,
  AuthenticationUnavailableError,
  type ErrorCode,
  InvalidInputError,
  LamplighterError,
  NotFoundError,
} from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { calldForm, confdForm, tokenForm } from './error-wire.js'

const error = (code: ErrorCode, details = {}) => new LamplighterError(code, 'a text for people', details)
const badFields = new InvalidInputError({
  limit: [{ constraintId: 'range', constraint: { min: 1 }, message: 'too small' }],
  color: [{ constraintId: 'unknown', message: 'unknown field' }],
})

/** The classes of rest.md 1.9, and the status each API gives them. */
const CLASSES: readonly (readonly [string, LamplighterError, number, number])[] = [
  ['token missing, unknown or expired', new AuthenticationError('unauthorized', 'x'), 401, 401],
  ['tenant not covered', new AuthenticationError('unauthorized-tenant', 'x'), 401, 401],
  ['token has no user', error('token-with-user-uuid-required'), 400, 400],
  ['object not found', new NotFoundError('no-such-voicemail', 'x'), 404, 404],
  ['referenced object not found', error('unknown-context'), 400, 400],
  ['body missing or not JSON', error('unreadable-body'), 400, 400],
  ['validation', badFields, 400, 400],
  ['uniqueness', error('voicemail-exists'), 400, 400],
  ['still associated', error('voicemail-in-use'), 400, 400],
  ['not permitted', error('operation-not-permitted'), 400, 400],
  ['different tenants', error('different-tenants'), 400, 400],
  ['too many sessions', error('too-many-sessions'), 400, 429],
  ['auth unreachable', new AuthenticationUnavailableError(), 503, 503],
  ['too many requests', error('too-many-requests'), 429, 429],
  ['precondition', error('precondition-failed'), 412, 412],
  ['idempotency key', error('idempotency-key-conflict'), 409, 409],
]

describe('errors on the wire', () => {
  it.each(CLASSES)('1.9 [C]: %s is E1 in confd and E2 or E4 in calld', (_name, one, confd, calld) => {
    const [inConfd, inCalld] = [confdForm(one), calldForm(one)]
    expect([inConfd.status, inCalld.status]).toEqual([confd, calld])
    for (const line of inConfd.body as unknown[]) expect(line).toMatch(/^[A-Z][A-Za-z ]+ - .+/)
    if (one.code === 'unreadable-body') expect(inCalld.body).toEqual({ message: 'a text for people' })
    else expect(Object.keys(inCalld.body as object).sort()).toEqual(['details', 'error_id', 'message', 'timestamp'])
  })

  it('1.8 E1 [C]: one string per bad field', () => {
    expect(confdForm(badFields).body).toEqual([
      "Input Error - limit: ['too small']",
      "Input Error - color: ['unknown field']",
    ])
  })

  it('1.8 E1 [C]: facts follow the text in parentheses', () => {
    expect(confdForm(new NotFoundError('no-such-voicemail', 'x', { id: 4711 })).body).toEqual([
      "Resource Not Found - Voicemail was not found ('id': 4711)",
    ])
  })

  it('1.8 E2 [C]: bad fields are texts, or objects that name their constraint; the timestamp is in seconds', () => {
    const body = calldForm(badFields).body as { timestamp: number }
    expect(body).toMatchObject({
      error_id: 'invalid-data',
      details: {
        limit: [{ constraint_id: 'range', constraint: { min: 1 }, message: 'too small' }],
        color: ['unknown field'],
      },
    })
    expect(Math.abs(body.timestamp - Date.now() / 1000)).toBeLessThan(5)
  })

  it('1.8 E2 [C]: details are {} when there are none', () => {
    expect(calldForm(error('voicemail-full')).body).toMatchObject({ details: {} })
  })

  it('1.8 E3 [C]: three keys, two of them arrays of one', () => {
    const { status, body } = tokenForm(new NotFoundError('no-such-token', 'No such token'))
    expect([status, body]).toEqual([
      404,
      { reason: ['No such token'], timestamp: [expect.any(Number)], status_code: 404 },
    ])
  })

  it.each([confdForm, calldForm, tokenForm])(
    '1.8 E4 [C]: an unknown path and a wrong method have only a message',
    (form) => {
      expect(form(error('no-such-route'))).toEqual({ status: 404, body: { message: 'a text for people' } })
      expect(form(error('method-not-allowed'))).toEqual({ status: 405, body: { message: 'a text for people' } })
    },
  )
})
