import {
  type ErrorCode,
  type FieldProblem,
  InvalidInputError,
  type LamplighterError,
  ResourceError,
} from '@lamplighter/domain'

/** What confd puts in front of its one-string errors (rest.md 1.8 E1). */
type Category = 'Input Error' | 'Resource Error' | 'Resource Not Found' | 'Unauthorized' | 'Unavailable'

/** How one error looks on the wire: a status, and confd's own status and text where they differ. */
type WireForm = { readonly status: number; readonly confd: readonly [status: number, category: Category, text: string] }

const notFound = (resource: string): WireForm => ({
  status: 404,
  confd: [404, 'Resource Not Found', `${resource} was not found`],
})
const rule = (text: string, status = 400): WireForm => ({ status, confd: [400, 'Resource Error', text] })
const input = (text: string, status = 400): WireForm => ({ status, confd: [status, 'Input Error', text] })
const unauthorized = (status = 401): WireForm => ({
  status,
  confd: [401, 'Unauthorized', 'the token is not valid here'],
})

/** The one table from error codes to the wire. A code without a row does not compile. */
const WIRE: Readonly<Record<ErrorCode, WireForm>> = {
  'invalid-data': input('invalid input'),
  'unreadable-body': input('body: is not a JSON object'),
  unauthorized: unauthorized(),
  'unauthorized-tenant': unauthorized(),
  'authentication-failed': unauthorized(),
  'no-such-token': notFound('Token'),
  'token-forbidden': unauthorized(403),
  'too-many-sessions': rule('too many sessions', 429),
  'too-many-attempts': rule('too many attempts', 429),
  'invalid-list-param': input('invalid list parameter'),
  'unknown-user': notFound('User'),
  'unknown-tenant': notFound('Tenant'),
  'unknown-policy': notFound('Policy'),
  'cannot-find-refresh-token-matching-client-id': notFound('Refresh token'),
  conflict: rule('already exists', 409),
  'tenant-in-use': rule('Tenant is not empty', 409),
  'too-many-policies': rule('User has too many policies', 409),
  'read-only-policy': rule('Policy is read-only', 403),
  'access-not-delegable': unauthorized(403),
  'token-with-user-uuid-required': rule('the token has no user'),
  'no-such-route': notFound('Route'),
  'method-not-allowed': rule('the method is not allowed', 405),
  'no-such-voicemail': notFound('Voicemail'),
  'no-such-voicemail-folder': notFound('Folder'),
  'no-such-voicemail-message': notFound('Message'),
  'no-such-voicemail-recording': notFound('Recording'),
  'no-such-voicemail-transcription': notFound('Transcription'),
  'no-such-voicemail-greeting': notFound('Greeting'),
  'no-such-user-voicemail': notFound('Voicemail'),
  'no-such-voicemail-member': notFound('Member'),
  'no-such-user': notFound('User'),
  'no-such-context': notFound('Context'),
  'no-such-device': notFound('Device'),
  'no-such-lamp': notFound('Lamp'),
  'no-such-mwi-source': notFound('MWI source'),
  'no-such-dead-letter': notFound('Dead letter'),
  'dead-letter-queue-gone': rule('the queue of the dead letter is no more', 409),
  'no-such-event-consumer': notFound('Event consumer'),
  'invalid-voicemail-id': input('voicemail_id: is not an id'),
  'invalid-voicemail-folder-id': input('folder_id: is not an id'),
  'invalid-voicemail-message-id': input('message_id: is not an id'),
  'invalid-voicemail-recording': input('audio: is not a recording'),
  'invalid-voicemail-archive': input('archive: is not an archive of messages'),
  'invalid-voicemail-greeting': input('audio: is not a recording'),
  'voicemail-greeting-already-exists': rule('Greeting already exists', 409),
  'link-invalid': unauthorized(403),
  'link-expired': unauthorized(403),
  'payload-too-large': input('body: is too large', 413),
  'voicemail-full': rule('Voicemail is full', 409),
  'voicemail-disabled': rule('Voicemail is disabled', 409),
  'voicemail-external': rule('Voicemail is external', 409),
  'voicemail-not-external': rule('Voicemail has another source of counts', 409),
  'voicemail-exists': rule('Voicemail already exists'),
  'voicemail-in-use': rule('Voicemail is associated with a User'),
  'operation-not-permitted': rule('Operation not permitted.'),
  'mailbox-right-missing': { status: 403, confd: [403, 'Unauthorized', 'a right to the mailbox is missing'] },
  'message-private': rule('Message is private'),
  'message-claimed': rule('somebody else works on the message', 409),
  'message-on-hold': rule('Message is on hold', 409),
  'different-tenants': rule('the resources belong to different tenants'),
  'user-has-voicemail': rule('User is associated with a Voicemail', 409),
  'unknown-context': input('Context was not found'),
  'unknown-timezone': input('Timezone was not found'),
  'unknown-voicemail': input('Voicemail was not found'),
  'timezone-in-use': rule('Timezone is associated with a Voicemail'),
  'context-in-use': rule('Context is associated with a Voicemail'),
  'user-in-use': rule('User is associated with a Device', 409),
  'device-exists': rule('Device already exists'),
  'no-such-gateway': notFound('Gateway'),
  'no-such-gateway-address': notFound('GatewayAddress'),
  'gateway-exists': rule('Gateway already exists'),
  'too-many-gateways': rule('the tenant has too many gateways', 409),
  'no-such-mwi-policy': notFound('MWI policy'),
  'unknown-mwi-policy': input('MWI policy was not found'),
  'mwi-policy-exists': rule('MWI policy already exists'),
  'mwi-policy-in-use': rule('MWI policy is associated with a Voicemail'),
  'mwi-source-exists': rule('MWI source already exists'),
  'event-consumer-exists': rule('Event consumer already exists'),
  'too-many-event-consumers': rule('the tenant used too many names of event consumers', 409),
  'event-binding-refused': {
    status: 403,
    confd: [403, 'Unauthorized', 'the binding holds events that are not allowed'],
  },
  'no-broker': rule('this installation has no message broker', 409),
  'username-exists': rule('User already exists'),
  // No client of the contract sends a key, so its word that confd has no 409 stands.
  'idempotency-key-conflict': {
    status: 409,
    confd: [409, 'Resource Error', 'the idempotency key was used for something else'],
  },
  'precondition-failed': {
    status: 412,
    confd: [412, 'Resource Error', 'the resource changed since it was read'],
  },
  'events-gone': { status: 410, confd: [410, 'Resource Not Found', 'the events are not kept any more'] },
  'too-many-requests': { status: 429, confd: [429, 'Resource Error', 'too many requests'] },
  'bus-unreachable': { status: 503, confd: [503, 'Unavailable', 'the bus cannot be reached right now'] },
  overloaded: { status: 503, confd: [503, 'Unavailable', 'there is too much to do right now'] },
  'authentication-server-unreachable': {
    status: 503,
    confd: [503, 'Unavailable', 'tokens cannot be checked right now'],
  },
}

/** Every code there is. */
export const ERROR_CODES = Object.keys(WIRE) as readonly ErrorCode[]

/** The status an error has where its API has no other one for it. */
export function statusOf(code: ErrorCode): number {
  return WIRE[code].status
}

/** A finished answer to a failed request. */
export type WireError = {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}
/** How an API says what went wrong. */
export type ErrorForm = (error: LamplighterError) => WireError

/** Codes that the framework level answers the same way in calld and auth (rest.md 1.8 E4). */
const FRAMEWORK_CODES: ReadonlySet<ErrorCode> = new Set(['no-such-route', 'method-not-allowed', 'unreadable-body'])
/** Problems calld shows as plain text; the others are objects that name the constraint. */
const PLAIN_CONSTRAINTS: ReadonlySet<string> = new Set(['type', 'required', 'not_null', 'unknown'])

/** E4: unknown route, wrong method, unreadable JSON. */
function frameworkForm(error: LamplighterError): WireError {
  return { status: WIRE[error.code].status, body: { message: error.message } }
}

/**
 * E1: an array of strings, always. The strings are for people: `X-Error-Codes` names the permanent code of each of
 * them, in their order (rest.md F-52).
 */
export const confdForm: ErrorForm = (error) => {
  if (error.code === 'no-such-route' || error.code === 'method-not-allowed') return frameworkForm(error)
  const [status, category, text] = WIRE[error.code].confd
  if (error instanceof InvalidInputError) {
    const lines = Object.entries(error.fields).map(
      ([field, problems]) => `${category} - ${field}: [${problems.map(({ message }) => `'${message}'`).join(', ')}]`,
    )
    return codedLines(status, error.code, lines)
  }
  return codedLines(status, error.code, [`${category} - ${text}${renderDetails(error.details)}`])
}

function codedLines(status: number, code: ErrorCode, lines: readonly string[]): WireError {
  return { status, body: lines, headers: { 'x-error-codes': lines.map(() => code).join(',') } }
}

/** What the ARI says where it has words of its own (asterisk.md 4). */
const ARI_WORDS: Readonly<Record<number, string>> = { 401: 'Authentication required', 405: 'Invalid method' }

/** The ARI: a message and nothing else. A mailbox that its users keep is a conflict there. */
export const ariForm: ErrorForm = (error) => {
  const status = error.code === 'voicemail-in-use' ? 409 : WIRE[error.code].status
  const problems = error instanceof InvalidInputError ? Object.entries(error.fields) : []
  const fields = problems.map(([field, list]) => `${field}: ${list.map(({ message }) => message).join(', ')}`)
  const message = ARI_WORDS[status] ?? (fields.length > 0 ? fields.join('; ') : error.message)
  const headers = status === 401 ? { 'www-authenticate': 'Basic realm="Asterisk REST Interface"' } : {}
  return { status, body: { message }, headers }
}

/** E2: message, error_id, details, timestamp; in auth sometimes also resource. */
export const calldForm: ErrorForm = (error) => {
  if (FRAMEWORK_CODES.has(error.code)) return frameworkForm(error)
  const details = error instanceof InvalidInputError ? wireFields(error.fields) : error.details
  const body = { message: error.message, error_id: error.code, details, timestamp: Date.now() / 1000 }
  if (error instanceof ResourceError)
    return { status: WIRE[error.code].status, body: { ...body, resource: error.resource } }
  return { status: WIRE[error.code].status, body }
}

/** E3: the token endpoints of auth. */
export const tokenForm: ErrorForm = (error) => {
  if (FRAMEWORK_CODES.has(error.code)) return frameworkForm(error)
  const { status } = WIRE[error.code]
  return { status, body: { reason: [error.message], timestamp: [Date.now() / 1000], status_code: status } }
}

function wireFields(fields: InvalidInputError['fields']): Record<string, unknown[]> {
  const wire = ({ constraintId, constraint, message }: FieldProblem) =>
    PLAIN_CONSTRAINTS.has(constraintId) ? message : { constraint_id: constraintId, constraint, message }
  return Object.fromEntries(Object.entries(fields).map(([field, problems]) => [field, problems.map(wire)]))
}

function renderDetails(details: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(details).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return ''
  return ` (${entries.map(([key, value]) => `'${key}': ${JSON.stringify(value)}`).join(', ')})`
}
