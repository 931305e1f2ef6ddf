import type { MailboxId } from './ids.js'
import type { Right } from './rights.js'

/**
 * Permanent codes of everything that can go wrong. They stand on the wire as `error_id` where an API has one;
 * clients switch on them. Each API maps them to its own form in one table.
 */
export type ErrorCode =
  /** A body or query does not fit its schema. */
  | 'invalid-data'
  /** The body is empty or not JSON. */
  | 'unreadable-body'
  | 'unauthorized'
  | 'unauthorized-tenant'
  | 'authentication-failed'
  | 'no-such-token'
  | 'token-forbidden'
  | 'too-many-sessions'
  /** Too many failed logins; the same call may succeed after a pause. */
  | 'too-many-attempts'
  /** A parameter of a list of auth does not fit. */
  | 'invalid-list-param'
  | 'unknown-user'
  | 'unknown-tenant'
  | 'unknown-policy'
  | 'cannot-find-refresh-token-matching-client-id'
  /** Something of auth that must be unique is taken. */
  | 'conflict'
  | 'tenant-in-use'
  | 'too-many-policies'
  | 'read-only-policy'
  /** The caller would give away more than it has. */
  | 'access-not-delegable'
  | 'token-with-user-uuid-required'
  | 'no-such-route'
  | 'method-not-allowed'
  | 'no-such-voicemail'
  | 'no-such-voicemail-folder'
  | 'no-such-voicemail-message'
  | 'no-such-voicemail-recording'
  | 'no-such-voicemail-transcription'
  | 'no-such-voicemail-greeting'
  | 'no-such-user-voicemail'
  | 'no-such-voicemail-member'
  | 'no-such-user'
  | 'no-such-context'
  | 'no-such-device'
  | 'no-such-lamp'
  | 'no-such-mwi-source'
  | 'no-such-dead-letter'
  | 'dead-letter-queue-gone'
  | 'no-such-event-consumer'
  | 'invalid-voicemail-id'
  | 'invalid-voicemail-folder-id'
  | 'invalid-voicemail-message-id'
  | 'invalid-voicemail-recording'
  | 'invalid-voicemail-archive'
  | 'invalid-voicemail-greeting'
  | 'voicemail-greeting-already-exists'
  /** A recording link was tampered with, or is not for this. */
  | 'link-invalid'
  | 'link-expired'
  | 'payload-too-large'
  | 'voicemail-full'
  | 'voicemail-disabled'
  /** The mailbox lies elsewhere: it has counts, but no messages, greetings or PIN here. */
  | 'voicemail-external'
  /** The counts of the mailbox are not this feed's to set. */
  | 'voicemail-not-external'
  | 'voicemail-exists'
  | 'voicemail-in-use'
  | 'operation-not-permitted'
  /** The mailbox is in reach, but not with the right this needs. */
  | 'mailbox-right-missing'
  /** The message must not be forwarded. */
  | 'message-private'
  /** Somebody else works on the message. */
  | 'message-claimed'
  /** A legal hold keeps the message from being deleted. */
  | 'message-on-hold'
  | 'different-tenants'
  | 'user-has-voicemail'
  | 'unknown-context'
  | 'unknown-timezone'
  | 'unknown-voicemail'
  | 'timezone-in-use'
  | 'context-in-use'
  | 'user-in-use'
  | 'device-exists'
  | 'no-such-gateway'
  | 'no-such-gateway-address'
  | 'gateway-exists'
  | 'too-many-gateways'
  | 'no-such-mwi-policy'
  | 'unknown-mwi-policy'
  | 'mwi-policy-exists'
  | 'mwi-policy-in-use'
  | 'mwi-source-exists'
  | 'event-consumer-exists'
  /** The tenant used as many names of consumers as it may. */
  | 'too-many-event-consumers'
  /** What a consumer asks for holds events it, or who makes it, may not have. */
  | 'event-binding-refused'
  /** There is no broker to have consumers on. */
  | 'no-broker'
  | 'username-exists'
  | 'idempotency-key-conflict'
  /** If-Match names another state than the present one. */
  | 'precondition-failed'
  | 'too-many-requests'
  /** The event log does not reach back to the cursor, or it is of a lost history. */
  | 'events-gone'
  | 'authentication-server-unreachable'
  | 'bus-unreachable'
  /** There is more to do than can wait. */
  | 'overloaded'

/** Base of every failure the product names. */
export class LamplighterError extends Error {
  override readonly name: string = 'LamplighterError'
  /** Public and permanent. The message is for people and may change. */
  readonly code: ErrorCode
  /** Facts a client may read: ids and values it sent itself, never a secret. */
  readonly details: Readonly<Record<string, unknown>>
  /** The same call may succeed later with nobody changing anything; consumers retry on it. */
  readonly transient: boolean = false

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }
}

/** Something addressed does not exist, or lies outside what the caller may see: the two are never told apart. */
export class NotFoundError extends LamplighterError {
  override readonly name = 'NotFoundError'
}

/** A failure of auth that names the kind of thing it is about, e.g. `users` (rest.md 1.8 E2). */
export class ResourceError extends LamplighterError {
  override readonly name = 'ResourceError'
  readonly resource: string

  constructor(
    resource: string,
    code: ErrorCode,
    message: string,
    details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(code, message, details, options)
    this.resource = resource
  }
}

/** A rule of the configuration or of a mailbox's state forbids the change. */
export class RuleError extends LamplighterError {
  override readonly name = 'RuleError'
}

/** The caller reaches the mailbox without the right this needs: 403, because 401 would make clients log in again. */
export class RightMissingError extends LamplighterError {
  override readonly name = 'RightMissingError'

  constructor(mailboxId: MailboxId, right: Right) {
    super('mailbox-right-missing', `the right to ${right} is missing`, { voicemail_id: mailboxId, right })
  }
}

/** One thing wrong with one field. */
export type FieldProblem = {
  /** Kind of constraint, e.g. `range`, `regex`, `required` (rest.md 1.8). */
  readonly constraintId: string
  /** The limit itself, e.g. `{ min: 1 }`. */
  readonly constraint?: unknown
  readonly message: string
}

/** A body or query that does not fit: one list of problems per field; whole-body rules use `_schema`. */
export class InvalidInputError extends LamplighterError {
  override readonly name = 'InvalidInputError'
  readonly fields: Readonly<Record<string, readonly FieldProblem[]>>

  constructor(fields: Record<string, readonly FieldProblem[]>, code: ErrorCode = 'invalid-data') {
    super(code, `invalid input: ${Object.keys(fields).join(', ')}`)
    this.fields = fields
  }

  /** Shorthand for a single problem. */
  static of(field: string, constraintId: string, message: string, constraint?: unknown): InvalidInputError {
    return new InvalidInputError({
      [field]: [constraint === undefined ? { constraintId, message } : { constraintId, constraint, message }],
    })
  }
}

/** The caller is not known, or lacks the access or the tenant the call needs. */
export class AuthenticationError extends LamplighterError {
  override readonly name = 'AuthenticationError'
}

/** Tokens cannot be checked right now; the same call may succeed later. */
export class AuthenticationUnavailableError extends LamplighterError {
  override readonly name = 'AuthenticationUnavailableError'
  override readonly transient = true

  constructor(options?: ErrorOptions) {
    super('authentication-server-unreachable', 'tokens cannot be checked right now', {}, options)
  }
}

/** The broker cannot be reached right now; the same call may succeed later. */
export class BusUnreachableError extends LamplighterError {
  override readonly name = 'BusUnreachableError'
  override readonly transient = true

  constructor(options?: ErrorOptions) {
    super('bus-unreachable', 'the bus cannot be reached right now', {}, options)
  }
}

/** Too much of the same is waiting; the same call may succeed in a moment. */
export class OverloadedError extends LamplighterError {
  override readonly name = 'OverloadedError'
  override readonly transient = true

  constructor() {
    super('overloaded', 'there is too much to do right now')
  }
}
