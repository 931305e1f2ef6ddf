import type { Static, TObject } from 'typebox'

/**
 * Who may receive an event (bus.md 2.3). `service`: the master tenant only; `tenant`: every user of the tenant with the
 * ACL; `user`: one user, and the admins of the tenant.
 */
export type EventKind = 'service' | 'tenant' | 'user'

/**
 * The access service events need beside their own (bus.md 6.2, 22). It is none of `events.#`, so that who follows the
 * tenants of an installation is not also sent what its machinery says.
 */
export const SERVICE_EVENTS_ACCESS = 'service-events'

/** What is said about something that happened. The only description of each event. */
export type EventDefinition<Data extends TObject = TObject> = {
  readonly name: string
  readonly kind: EventKind
  /** Template over the event's data and audience, e.g. `config.users.{user_uuid}.voicemails.edited`. */
  readonly routingKey: string
  /** Template of the required access; `events.` + routing key where the contract has no other. */
  readonly acl: string
  readonly data: Data
  /** Attributes beside the usual ones in headers and body, e.g. `session_uuid`. */
  readonly attributes?: readonly string[]
  /** When it is emitted, for people. */
  readonly description: string
}

/** Declares an event; the ACL defaults to `events.` + routing key (bus.md 1.3). */
export function defineEvent<Data extends TObject>(
  definition: Omit<EventDefinition<Data>, 'acl'> & { readonly acl?: string },
): EventDefinition<Data> {
  return { acl: `events.${definition.routingKey}`, ...definition }
}

/** The payload of an event. */
export type EventData<Definition> = Definition extends EventDefinition<infer Data> ? Static<Data> : never
