import type { MailboxAudience } from '@lamplighter/contracts'
import type { Actor } from '@lamplighter/domain'
import { AccountRepository } from './account-repository.js'
import { AuditRepository } from './audit-repository.js'
import type { CallerErasure } from './caller-erasure.js'
import { ContextRepository } from './context-repository.js'
import type { CopyWriter } from './copy-writer.js'
import { DeviceRepository } from './device-repository.js'
import type { EventConsumerRepository } from './event-consumer-repository.js'
import { GatewayAddressRepository } from './gateway-address-repository.js'
import { GatewayRepository } from './gateway-repository.js'
import { GeneralOptionRepository } from './general-option-repository.js'
import type { Prisma } from './generated/client.js'
import type { GreetingRepository } from './greeting-repository.js'
import type { IdempotencyRepository } from './idempotency-repository.js'
import { LoginAccountRepository } from './login-account-repository.js'
import { LoginQueries } from './login-queries.js'
import { MailboxRepository } from './mailbox-repository.js'
import { MailboxTrash } from './mailbox-trash.js'
import { MemberRepository } from './member-repository.js'
import type { MessageWriter } from './message-repository.js'
import { MwiEffectQueries } from './mwi-effect-queries.js'
import { MwiPolicyRepository } from './mwi-policy-repository.js'
import { MwiSourceRepository } from './mwi-source-repository.js'
import type { Outbox } from './outbox.js'
import type { PinRepository } from './pin-repository.js'
import { PolicyRepository } from './policy-repository.js'
import { RefreshTokenRepository } from './refresh-token-repository.js'
import type { RowLocks } from './row-locks.js'
import type { TenantScope } from './scope.js'
import { SessionRepository } from './session-repository.js'
import type { Sql } from './sql.js'
import type { SummaryRepository } from './summary-repository.js'
import type { TeamWriter } from './team-writer.js'
import { TenantRepository } from './tenant-repository.js'
import { TenantSettingsRepository } from './tenant-settings-repository.js'
import type { TrashWriter } from './trash-writer.js'
import { UserRepository } from './user-repository.js'
import { ZoneRepository } from './zone-repository.js'

/** Configuration of one scope. */
export type Configuration = {
  readonly contexts: ContextRepository
  readonly users: UserRepository
  readonly mailboxes: MailboxRepository
  readonly members: MemberRepository
  readonly trash: MailboxTrash
  readonly devices: DeviceRepository
  readonly gateways: GatewayRepository
  readonly gatewayAddresses: GatewayAddressRepository
  readonly mwiPolicies: MwiPolicyRepository
  /** Which switch keeps the lamps of a mailbox dark. */
  readonly mwiEffects: MwiEffectQueries
  readonly mwiSources: MwiSourceRepository
  readonly settings: TenantSettingsRepository
  readonly zones: ZoneRepository
  readonly options: GeneralOptionRepository
}

/** A configuration change: its rows, the locks of the mailboxes it touches and what it says, all or nothing. */
export type ConfigurationChange = Configuration & {
  /** Who changes it. */
  readonly actor: Actor
  readonly locks: RowLocks
  /** Sessions of a user who goes. */
  readonly sessions: SessionRepository
  readonly summaries: SummaryRepository
  readonly idempotency: IdempotencyRepository
  readonly audit: AuditRepository
  readonly pins: PinRepository
  readonly eventConsumers: EventConsumerRepository
  readonly outbox: Outbox
}

/** Who may do what in a scope. */
export type AccessControl = {
  readonly tenants: TenantRepository
  readonly users: LoginAccountRepository
  /** What is shared with a user who goes. */
  readonly members: MemberRepository
  readonly policies: PolicyRepository
  readonly logins: LoginQueries
}

/** A change of who may do what, with the sessions it ends and what it says, all or nothing. */
export type AccessChange = AccessControl &
  LoginChange & {
    /** Who changes it. */
    readonly actor: Actor
    readonly locks: RowLocks
    readonly idempotency: IdempotencyRepository
  }

/** A change of who is logged in. */
export type LoginChange = {
  readonly accounts: AccountRepository
  readonly sessions: SessionRepository
  readonly refreshTokens: RefreshTokenRepository
  readonly audit: AuditRepository
  readonly outbox: Outbox
}

/** A change of messages, on the hot path. */
export type MessagesChange = {
  readonly summaries: SummaryRepository
  readonly idempotency: IdempotencyRepository
  readonly audit: AuditRepository
  readonly outbox: Outbox
  readonly greetings: GreetingRepository
  readonly pins: PinRepository
  readonly erasure: CallerErasure
  /** Writes messages of the mailbox whose lock was taken. */
  writer(audience: MailboxAudience): MessageWriter
  /** Claims and marks messages of the mailbox whose lock was taken. */
  team(audience: MailboxAudience): TeamWriter
  /** Copies messages into other mailboxes whose locks were taken. */
  readonly copies: CopyWriter
  /** Deletes, restores and purges messages of the mailbox whose lock was taken. */
  trash(audience: MailboxAudience): TrashWriter
}

/** The configuration repositories of a scope, on this connection or transaction. */
export function configurationOf(db: Prisma.TransactionClient, scope: TenantScope): Configuration {
  return {
    contexts: new ContextRepository(db, scope),
    users: new UserRepository(db, scope),
    mailboxes: new MailboxRepository(db, scope),
    members: new MemberRepository(db, scope),
    trash: new MailboxTrash(db, scope),
    devices: new DeviceRepository(db, scope),
    gateways: new GatewayRepository(db, scope),
    gatewayAddresses: new GatewayAddressRepository(db, scope),
    mwiPolicies: new MwiPolicyRepository(db, scope),
    mwiEffects: new MwiEffectQueries(db, scope),
    mwiSources: new MwiSourceRepository(db, scope),
    settings: new TenantSettingsRepository(db, scope),
    zones: new ZoneRepository(db),
    options: new GeneralOptionRepository(db),
  }
}

/** The repositories of who may do what in a scope. */
export function accessOf(db: Prisma.TransactionClient, scope: TenantScope): AccessControl {
  return {
    tenants: new TenantRepository(db, scope),
    users: new LoginAccountRepository(db, scope),
    members: new MemberRepository(db, scope),
    policies: new PolicyRepository(db, scope),
    logins: new LoginQueries(db, scope),
  }
}

/** The repositories of who is logged in. */
export function loginsOf(sql: Sql, outbox: Outbox): LoginChange {
  return {
    outbox,
    audit: new AuditRepository(sql, outbox),
    accounts: new AccountRepository(sql),
    sessions: new SessionRepository(sql),
    refreshTokens: new RefreshTokenRepository(sql),
  }
}
