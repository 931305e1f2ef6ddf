export {
  type Actor,
  type AuditAction,
  isSecurityAction,
  SECURITY_ACTIONS,
  type SecurityAction,
  SYSTEM_ACTOR,
} from './audit.js'
export { parseAwareDateTime } from './date-time.js'
export { DEVICE_PROFILES, type DeviceProfile, type DeviceProfileName } from './device-profile.js'
export {
  AuthenticationError,
  AuthenticationUnavailableError,
  BusUnreachableError,
  type ErrorCode,
  type FieldProblem,
  InvalidInputError,
  LamplighterError,
  NotFoundError,
  OverloadedError,
  ResourceError,
  RightMissingError,
  RuleError,
} from './errors.js'
export {
  CONSUMER_QUEUE_NAMES,
  type ConsumerAddress,
  consumerQueueName,
  consumerUsername,
  readConsumerUsername,
} from './event-consumer.js'
export { EXTERNAL_SOURCES, type External, type ExternalSource, isStale } from './external.js'
export { fold, searchTextOf } from './fold.js'
export {
  FOLDERS,
  type Folder,
  type FolderId,
  findFolder,
  INBOX,
  isUnreadFolder,
  OLD,
  URGENT,
  urgentAfterMove,
} from './folder.js'
export {
  defaultTemplates,
  fillTemplate,
  GATEWAY_METHODS,
  type Gateway,
  type GatewayAddress,
  type GatewayFields,
  type GatewayMethod,
  type GatewayProfile,
  type GatewayTarget,
  type GatewayTransport,
  sampleOf,
  type TemplateValues,
  unknownPlaceholder,
} from './gateway.js'
export { findGreetingName, GREETING_NAMES, type Greeting, type GreetingName } from './greeting.js'
export {
  type DeviceId,
  isUuid,
  MAX_INTEGER_ID,
  type MailboxId,
  type MessageId,
  type MwiSourceId,
  type SessionId,
  type TenantId,
  type UserId,
} from './ids.js'
export {
  isLampLit,
  type LampAction,
  type LampCause,
  type LampReason,
  type MwiMode,
  RECONCILE,
  requestCause,
} from './lamp.js'
export { type ExplainedLamp, explainLamps } from './lamp-explanation.js'
export { type GatewayLampFacts, type LampFacts, presentGatewayReason, presentReason } from './lamp-reason.js'
export {
  type AccessType,
  type Mailbox,
  type MailboxHead,
  type MailboxMember,
  type MailboxUser,
  shownSummary,
} from './mailbox.js'
export {
  type Claim,
  durationSeconds,
  type Message,
  type MessageHandling,
  type MessageStatus,
  type Transcription,
  UNHANDLED,
} from './message.js'
export type { MwiBlock, MwiPolicy, MwiPolicyFields } from './mwi-policy.js'
export {
  type CountedTry,
  countTry,
  mailboxSubject,
  type PinCounter,
  type PinSubject,
  settle,
  takeBack,
} from './pin-lockout.js'
export { pinWeakness } from './pin-policy.js'
export { always, type Precondition } from './precondition.js'
export { type Fill, fillOf, isFull, QUOTA_WARNINGS, type QuotaWarning, quotaWarnings } from './quota.js'
export type { Created, RepeatKey } from './repeat.js'
export {
  GLOBAL_RIGHTS,
  hasRight,
  OWNER_RIGHTS,
  RIGHTS,
  type Right,
  type Rights,
  rightNames,
  toRights,
} from './rights.js'
export type { Purpose, SessionRecord } from './session.js'
export {
  addSummaries,
  type ClaimedCount,
  contribution,
  EMPTY_SUMMARY,
  type MailboxState,
  type MessageSummary,
  sameSummary,
  subtractSummary,
  viewedSummary,
} from './summary.js'
export { isTelephoneAudio, TelephoneAudioConverter } from './telephone-audio.js'
export { type WavInfo, WavInspector, type WavVerdict } from './wav.js'
