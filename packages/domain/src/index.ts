export type { Actor, AuditAction } from './audit.js'
export {
  AuthenticationError,
  AuthenticationUnavailableError,
  type ErrorCode,
  type FieldProblem,
  InvalidInputError,
  LamplighterError,
  NotFoundError,
  ResourceError,
  RightMissingError,
  RuleError,
} from './errors.js'
export {
  FOLDERS,
  type Folder,
  type FolderId,
  findFolder,
  INBOX,
  isUnreadFolder,
  URGENT,
  urgentAfterMove,
} from './folder.js'
export {
  type DeviceId,
  isUuid,
  MAX_INTEGER_ID,
  type MailboxId,
  type MessageId,
  type SessionId,
  type TenantId,
  type UserId,
} from './ids.js'
export { isLampLit, type LampReason, type MwiMode } from './lamp.js'
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
  UNHANDLED,
} from './message.js'
export { always, type Precondition } from './precondition.js'
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
  contribution,
  EMPTY_SUMMARY,
  type MailboxState,
  type MessageSummary,
  sameSummary,
  subtractSummary,
} from './summary.js'
export { type WavInfo, WavInspector, type WavVerdict } from './wav.js'
