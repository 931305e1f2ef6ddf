import type { RouteContract } from '../rest/route.js'
import type { JsonObject } from './json.js'

/** The forms of failures, by the name they have in the documents (rest.md 1.8). */
export const ENVELOPES: Readonly<Record<string, JsonObject>> = {
  ConfdError: {
    description: 'E1: one sentence per problem',
    type: 'array',
    items: { type: 'string' },
    examples: [["Resource Not Found - Voicemail was not found ('id': 4711)"]],
  },
  Error: {
    description: 'E2: what went wrong, by its permanent `error_id`',
    type: 'object',
    required: ['message', 'error_id', 'details', 'timestamp'],
    properties: {
      message: { type: 'string' },
      error_id: { type: 'string' },
      details: { type: 'object' },
      resource: { type: 'string' },
      timestamp: { type: 'number', description: 'seconds since the epoch' },
    },
    examples: [
      {
        message: 'there is no such message',
        error_id: 'no-such-voicemail-message',
        details: { message_id: '1724107750-0000002a' },
        timestamp: 1_795_510_800.25,
      },
    ],
  },
  TokenError: {
    description: 'E3: of the token endpoints',
    type: 'object',
    required: ['reason', 'timestamp', 'status_code'],
    properties: {
      reason: { type: 'array', items: { type: 'string' } },
      timestamp: { type: 'array', items: { type: 'number' } },
      status_code: { type: 'integer' },
    },
    examples: [{ reason: ['No such token'], timestamp: [1_795_510_800.25], status_code: 404 }],
  },
  FrameworkError: {
    description:
      'E4: an unknown path, a wrong method, a body that is not JSON, a failure of ours; and every failure of ari',
    type: 'object',
    required: ['message'],
    properties: { message: { type: 'string' } },
    examples: [{ message: 'there is no such path' }],
  },
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'the request does not fit',
  401: 'no valid token, or it lacks the access or the tenant',
  403: 'a right is missing',
  404: 'there is no such thing, or none that the caller may see',
  409: 'the present state, or an earlier use of the idempotency key, forbids it',
  410: 'what was asked for is not kept any more',
  412: 'the resource is not in the state that If-Match names',
  413: 'the body is too large',
  429: 'too many requests: come again after Retry-After',
  500: 'a failure of ours',
  503: 'a part that is needed does not answer',
}

/** One way a call can fail: a status, what it means, and which of {@link ENVELOPES} may come. */
export type Failure = { readonly status: number; readonly meaning: string; readonly envelopes: readonly string[] }

/** Every way a call of this route can fail. */
export function failuresOf(route: RouteContract): Failure[] {
  const statuses = [400, 401, 404, 429, 500, 503]
  if (route.api !== 'confd') statuses.push(403)
  if (route.idempotent || (route.api !== 'confd' && route.method !== 'GET')) statuses.push(409)
  if (route.api === 'events') statuses.push(410)
  if (route.conditional && route.method !== 'GET') statuses.push(412)
  if (route.bodyKind !== 'none') statuses.push(413)
  return statuses
    .sort((one, other) => one - other)
    .map((status) => ({ status, meaning: MEANINGS[status] ?? '', envelopes: envelopesOf(route, status) }))
}

function envelopesOf({ api, errors }: RouteContract, status: number): string[] {
  if (api === 'ari') return ['FrameworkError']
  const usual = errors === 'token' ? 'TokenError' : 'Error'
  if (api !== 'confd') return [400, 404, 500].includes(status) ? [usual, 'FrameworkError'] : [usual]
  return status === 404 ? ['ConfdError', 'FrameworkError'] : ['ConfdError']
}
