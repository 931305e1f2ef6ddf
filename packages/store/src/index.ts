export { type Account, ADMIN_POLICY_SLUG, USER_POLICY_SLUG } from './account-repository.js'
export { type AudioStore, DirectoryAudioStore } from './audio-store.js'
export type { Context } from './context-repository.js'
export { type Database, openDatabase } from './database.js'
export type { Device, DeviceCredentials, DeviceFields, DigestAlgorithm } from './device-repository.js'
export { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from './embedded/postgres.js'
export { EventLog, type LoggedEvent } from './event-log.js'
export type {
  EventReplayRepository,
  LogRange,
  LogState,
  ReplayedEvent,
  ReplayFilter,
} from './event-replay-repository.js'
export { Leadership, type Term } from './leadership.js'
export type { MailboxColumn, MailboxFields, MailboxListQuery } from './mailbox-repository.js'
export type { MessageInMailbox, MessagePage, MessageQueries, VoicemailType } from './message-queries.js'
export { MigrationError, migrate } from './migrate.js'
export { OUTBOX_CHANNEL, OutboxSignal } from './outbox-signal.js'
export { type Installation, Provisioning } from './provisioning.js'
export type { TenantScope } from './scope.js'
export {
  type LampEntry,
  type SipDevice,
  SipRepository,
  type StoredSubscription,
  type WatchedMailbox,
} from './sip-repository.js'
export {
  type Configuration,
  type ConfigurationChange,
  type MessagesChange,
  onlyTenant,
  Store,
  tenantSubtree,
} from './store.js'
export type { TicketRepository } from './ticket-repository.js'
export type { User } from './user-repository.js'
