declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** UUID of a tenant. First argument wherever it is one. */
export type TenantId = Branded<string, 'TenantId'>
/** UUID of a user. */
export type UserId = Branded<string, 'UserId'>
/** Integer id of a mailbox, from one sequence over all tenants (rest.md 1.12). */
export type MailboxId = Branded<number, 'MailboxId'>
/** UUID (version 7) of a message; never changes, never reused. */
export type MessageId = Branded<string, 'MessageId'>
/** UUID of a device. */
export type DeviceId = Branded<string, 'DeviceId'>
/** UUID of a source of message-waiting counts. */
export type MwiSourceId = Branded<string, 'MwiSourceId'>
/** UUID of a session; one session per access token. */
export type SessionId = Branded<string, 'SessionId'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text has the form of a UUID, in any case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/** Largest integer id the store can hold (PostgreSQL integer). */
export const MAX_INTEGER_ID = 2_147_483_647
