export { type Account, ADMIN_POLICY_SLUG, USER_POLICY_SLUG } from './account-repository.js'
export { type AudioStore, DirectoryAudioStore } from './audio-store.js'
export type { AuditFilter, AuditPosition, AuditRecord } from './audit-queries.js'
export type { AuditEntry } from './audit-repository.js'
export type { AuthListQuery, AuthPage } from './auth-list.js'
export type { HeldMessage } from './caller-erasure.js'
export type { AccessChange, Configuration, ConfigurationChange, LoginChange, MessagesChange } from './changes.js'
export {
  ContactRepository,
  type RememberedContact,
  type StoredContact,
} from './contact-repository.js'
export type { Context, ContextColumn } from './context-repository.js'
export { type Database, openDatabase } from './database.js'
export type { DeadLetterHead, StoredDeadLetter } from './dead-letter-repository.js'
export { DEFAULT_POLICIES } from './default-policies.js'
export type { DevicePresence, WatchExplanation } from './device-explanation.js'
export type { Device, DeviceCredentials, DeviceFields, DigestAlgorithm } from './device-repository.js'
export { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from './embedded/postgres.js'
export type {
  ConsumerRights,
  EventConsumer,
  EventConsumerFields,
  EventConsumerRepository,
} from './event-consumer-repository.js'
export { type ClaimedEvents, EventLog, type LoggedEvent } from './event-log.js'
export type {
  EventReplayRepository,
  LogRange,
  LogState,
  ReplayedEvent,
  ReplayFilter,
} from './event-replay-repository.js'
export { type CommittedEvent, EventTail } from './event-tail.js'
export type { LostMailbox } from './external-alarm.js'
export { feedMailbox, type HeardCounts } from './external-feed.js'
export type { AriAccount, ExternalMailbox, NotifyPeer, SubscribedServer } from './external-queries.js'
export {
  type DeliveringGateway,
  type DeliveryFailure,
  type GatewayLamp,
  type GatewayLampEntry,
  GatewayLampRepository,
  type GatewayPlace,
} from './gateway-lamp-repository.js'
export type { GatewayColumn, SealedChange } from './gateway-repository.js'
export type { GeneralOption } from './general-option-repository.js'
export type { Lamp, LampOrder, LampPage, LampPlace, LampQueries, LampState, TracedDecision } from './lamp-queries.js'
export type { LampFilter } from './lamp-sql.js'
export type { LampDecision } from './lamp-trace-writer.js'
export { Leadership, type Term } from './leadership.js'
export type { LoginAccount, LoginAccountFields } from './login-account-repository.js'
export type { ListedRefreshToken, ListedSession } from './login-queries.js'
export type { MailboxColumn, MailboxFields, MailboxPlace } from './mailbox-repository.js'
export type { DeletedMailbox } from './mailbox-trash.js'
export type { ExportedMessage, ExportSelection } from './message-export.js'
export type {
  ListPosition,
  MessageFilters,
  MessageList,
  MessageOrder,
  MessagePage,
  MessageSelection,
  VoicemailType,
} from './message-list.js'
export type { LocatedMessage, MessagePlace } from './message-lookup.js'
export type { MessageInMailbox, MessageQueries, ReachedMailbox } from './message-queries.js'
export { MigrationError, migrate } from './migrate.js'
export type { MailboxMwi, MwiEffect } from './mwi-effect-queries.js'
export type { MwiPolicyColumn } from './mwi-policy-repository.js'
export type {
  MwiSource,
  MwiSourceFields,
  MwiSourceSecrets,
  MwiSourceStatus,
  SourceMapping,
  SourceTarget,
} from './mwi-source-repository.js'
export { OUTBOX_CHANNEL, OutboxSignal } from './outbox-signal.js'
export type { ListQuery } from './page.js'
export { isPassingFault } from './passing-fault.js'
export type { KnownPins, PinCredential } from './pin-repository.js'
export type { Policy, PolicyColumn, PolicyFields } from './policy-repository.js'
export { type Installation, Provisioning } from './provisioning.js'
export type { RefreshToken } from './refresh-token-repository.js'
export type { OverdueMessages } from './retention-repository.js'
export { onlyTenant, type TenantScope, tenantSubtree } from './scope.js'
export {
  type DeviceForm,
  type LampEntry,
  type SipDevice,
  type SipDomain,
  SipRepository,
  type StoredSubscription,
} from './sip-repository.js'
export { Store } from './store.js'
export type { ClaimHolder } from './team-writer.js'
export type { Tenant, TenantFields } from './tenant-repository.js'
export type { TenantSettings } from './tenant-settings-repository.js'
export type { TicketRepository } from './ticket-repository.js'
export type { PlacedTranscription, TranscriptionQuery } from './transcription-list.js'
export type { TrashedMessage, TrashList, TrashPage, TrashPosition } from './trash-queries.js'
export type { StoredMessage } from './trash-writer.js'
export type { User, UserColumn, UserFields } from './user-repository.js'
export { type WatchedMailbox, withCause } from './watched-mailbox.js'
export type { ZoneMessage, ZoneOwner } from './zone-repository.js'
