import type { EventRecord } from '@lamplighter/contracts'
import { type Created, type MailboxId, type RepeatKey, SYSTEM_ACTOR, type TenantId } from '@lamplighter/domain'
import { AccountRepository } from './account-repository.js'
import { AuditQueries } from './audit-queries.js'
import { type AuditEntry, AuditRepository } from './audit-repository.js'
import { CallerErasure } from './caller-erasure.js'
import {
  type AccessChange,
  type AccessControl,
  accessOf,
  type Configuration,
  type ConfigurationChange,
  configurationOf,
  type LoginChange,
  loginsOf,
  type MessagesChange,
} from './changes.js'
import { ClaimRepository } from './claim-repository.js'
import { CopyWriter } from './copy-writer.js'
import type { Database } from './database.js'
import { DeadLetterRepository } from './dead-letter-repository.js'
import { DeviceExplanation } from './device-explanation.js'
import { EventConsumerRepository } from './event-consumer-repository.js'
import { EventReplayRepository } from './event-replay-repository.js'
import { ExternalAlarm } from './external-alarm.js'
import { ExternalQueries } from './external-queries.js'
import type { Prisma } from './generated/client.js'
import { GreetingRepository } from './greeting-repository.js'
import { IdempotencyRepository } from './idempotency-repository.js'
import { LampQueries } from './lamp-queries.js'
import { LoginThrottle } from './login-throttle.js'
import { purgeMailboxes } from './mailbox-purge.js'
import { MessageLookup } from './message-lookup.js'
import { MessageQueries } from './message-queries.js'
import { MessageWriter } from './message-repository.js'
import { once, replayOf } from './once.js'
import { Outbox } from './outbox.js'
import { PinRepository, purgePinCounters } from './pin-repository.js'
import { RetentionRepository } from './retention-repository.js'
import { RowLocks } from './row-locks.js'
import { type TenantScope, tenantSubtree } from './scope.js'
import { SessionRepository } from './session-repository.js'
import { pgSql, prismaSql, type Sql } from './sql.js'
import { SummaryRepository } from './summary-repository.js'
import { TeamWriter } from './team-writer.js'
import { TicketRepository } from './ticket-repository.js'
import { inTransaction } from './transaction.js'
import { type TransactionSql, transactionSql } from './transaction-sql.js'
import { listTranscriptions, type TranscriptionQuery } from './transcription-list.js'
import { TrashQueries } from './trash-queries.js'
import { TrashWriter } from './trash-writer.js'

/**
 * The only way to the tables. Reads and changes are bound to a tenant scope; changes run in a transaction together with
 * the events they say (invariants 2 and 5 of the design).
 */
export class Store {
  readonly accounts: AccountRepository
  readonly throttle: LoginThrottle
  readonly #database: Database
  readonly #originUuid: string
  readonly #afterCommit: (said: readonly EventRecord[]) => void

  /** @param afterCommit told what a transaction said, if anything, when it was committed: wakes the relay. */
  constructor(database: Database, originUuid: string, afterCommit: (said: readonly EventRecord[]) => void) {
    this.#database = database
    this.#originUuid = originUuid
    this.#afterCommit = afterCommit
    this.accounts = new AccountRepository(pgSql(database.pool))
    this.throttle = new LoginThrottle(pgSql(database.pool))
  }

  /** Reads of the configuration of a scope. */
  configuration(scope: TenantScope): Configuration {
    return configurationOf(this.#database.prisma, scope)
  }

  /** Reads of messages and counts of a scope. */
  messages(scope: TenantScope): MessageQueries {
    return new MessageQueries(pgSql(this.#database.pool), scope)
  }

  /** What explains the lamps of a device that was found in scope. */
  get explanation(): DeviceExplanation {
    return new DeviceExplanation(pgSql(this.#database.pool))
  }

  /** Reads of the lamps of a scope. */
  lamps(scope: TenantScope): LampQueries {
    return new LampQueries(pgSql(this.#database.pool), scope)
  }

  /** Transcriptions of a tenant and its descendants. */
  transcriptions(tenantId: TenantId, query: TranscriptionQuery): ReturnType<typeof listTranscriptions> {
    return listTranscriptions(pgSql(this.#database.pool), tenantSubtree(tenantId), query)
  }

  /** Reads of greetings. */
  get greetings(): GreetingRepository {
    return new GreetingRepository(pgSql(this.#database.pool))
  }

  /** Reads of PINs. */
  pins(scope: TenantScope): PinRepository {
    return new PinRepository(pgSql(this.#database.pool), scope)
  }

  /** Forgets wrong PINs that count no more, of all tenants. */
  purgePinCounters(): Promise<void> {
    return purgePinCounters(pgSql(this.#database.pool))
  }

  /** Finds messages of a scope by id, in the trash or not. */
  lookup(scope: TenantScope): MessageLookup {
    return new MessageLookup(pgSql(this.#database.pool), scope)
  }

  /** Reads of the trash of a scope. */
  trash(scope: TenantScope): TrashQueries {
    return new TrashQueries(pgSql(this.#database.pool), scope)
  }

  /** What has grown too old, in every tenant. */
  get retention(): RetentionRepository {
    return new RetentionRepository(pgSql(this.#database.pool))
  }

  /** Reads of the audit log of a scope. */
  auditLog(scope: TenantScope): AuditQueries {
    return new AuditQueries(pgSql(this.#database.pool), scope)
  }

  /** Writes the audit log for what changes nothing else. */
  note(entry: AuditEntry): Promise<void> {
    return this.#change((sql, outbox) => new AuditRepository(sql, outbox).add(entry))
  }

  /** Remembered answers, outside any transaction. */
  get idempotency(): IdempotencyRepository {
    return new IdempotencyRepository(pgSql(this.#database.pool))
  }

  /** The event log, for whoever was away. */
  get replay(): EventReplayRepository {
    return new EventReplayRepository(pgSql(this.#database.pool))
  }

  /** Tickets for opening a socket. */
  get tickets(): TicketRepository {
    return new TicketRepository(pgSql(this.#database.pool))
  }

  /** What feeds of external mailboxes look up, in every tenant. */
  get external(): ExternalQueries {
    return new ExternalQueries(pgSql(this.#database.pool))
  }

  /** Notes which external mailboxes are not heard of, and says it. What `work` throws undoes everything. */
  changeSources<T>(work: (alarm: ExternalAlarm) => Promise<T>): Promise<T> {
    return this.#change((sql, outbox) => work(new ExternalAlarm(sql, outbox)))
  }

  /** What no consumer of the bus could take. */
  get deadLetters(): DeadLetterRepository {
    return new DeadLetterRepository(pgSql(this.#database.pool))
  }

  /** Claims of every tenant, for housekeeping. */
  get claims(): ClaimRepository {
    return new ClaimRepository(pgSql(this.#database.pool))
  }

  /** Reads of tenants' consumers on AMQP. */
  get eventConsumers(): EventConsumerRepository {
    return new EventConsumerRepository(pgSql(this.#database.pool))
  }

  /** Settles a consumer's queue while its row is locked, which may take as long as the broker does. */
  changeEventConsumer<T>(work: (consumers: EventConsumerRepository) => Promise<T>): Promise<T> {
    return this.#change((sql) => work(new EventConsumerRepository(sql)))
  }

  /** Changes configuration. What `work` throws undoes everything. */
  async changeConfiguration<T>(scope: TenantScope, work: (change: ConfigurationChange) => Promise<T>): Promise<T> {
    return this.#changeWithPrisma((db, sql, outbox) => {
      const summaries = new SummaryRepository(sql, scope)
      return work({
        ...configurationOf(db, scope),
        actor: scope.actor ?? SYSTEM_ACTOR,
        locks: new RowLocks(sql, scope),
        sessions: new SessionRepository(sql),
        summaries,
        outbox,
        idempotency: new IdempotencyRepository(sql),
        audit: new AuditRepository(sql, outbox),
        pins: new PinRepository(sql, scope),
        eventConsumers: new EventConsumerRepository(sql),
      })
    })
  }

  async #changeWithPrisma<T>(work: (db: Prisma.TransactionClient, sql: Sql, outbox: Outbox) => Promise<T>): Promise<T> {
    let said: readonly EventRecord[] = []
    const result = await this.#database.prisma.$transaction(async (db) => {
      const sql = prismaSql(db)
      const outbox = new Outbox(sql, this.#originUuid)
      const value = await work(db, sql, outbox)
      await outbox.flush()
      said = outbox.said
      return value
    })
    if (said.length > 0) this.#afterCommit(said)
    return result
  }

  /**
   * Creates configuration once per key: a repeated request, also a simultaneous one, gets what the first one created
   * and changes nothing. `work` must give plain JSON without secrets, because it is kept. Without a key it just runs.
   *
   * @throws RuleError `idempotency-key-conflict` when the key was used for another content
   */
  async createOnce<T>(
    scope: TenantScope,
    repeat: RepeatKey | undefined,
    work: (change: ConfigurationChange) => Promise<T>,
  ): Promise<Created<T>> {
    return this.changeConfiguration(scope, (change) => once(change.idempotency, repeat, () => work(change)))
  }

  /** Changes messages. What `work` throws undoes everything. */
  async changeMessages<T>(scope: TenantScope, work: (change: MessagesChange) => Promise<T>): Promise<T> {
    return this.#change((sql, outbox) => {
      const summaries = new SummaryRepository(sql, scope)
      return work({
        summaries,
        outbox,
        idempotency: new IdempotencyRepository(sql),
        audit: new AuditRepository(sql, outbox),
        greetings: new GreetingRepository(sql),
        pins: new PinRepository(sql, scope),
        erasure: new CallerErasure(sql, summaries),
        writer: (audience) => new MessageWriter(sql, summaries, audience),
        copies: new CopyWriter(sql, summaries),
        team: (audience) => new TeamWriter(sql, summaries, audience),
        trash: (audience) => new TrashWriter(sql, summaries, audience),
      })
    })
  }

  /** Creates messages once per key, as {@link createOnce} does. @throws RuleError */
  changeMessagesOnce<T>(
    scope: TenantScope,
    repeat: RepeatKey | undefined,
    work: (change: MessagesChange) => Promise<T>,
  ): Promise<Created<T>> {
    return this.changeMessages(scope, (change) => once(change.idempotency, repeat, () => work(change)))
  }

  /** What a key was used for before, if it was. @throws RuleError when that was another request */
  async earlier<T>(repeat: RepeatKey): Promise<Created<T> | undefined> {
    const first = await this.idempotency.find(repeat.tenantId, repeat.scope, repeat.key)
    return first && replayOf<T>(first, repeat)
  }

  /** Begins and ends sessions. What `work` throws undoes everything. */
  async changeLogins<T>(work: (change: LoginChange) => Promise<T>): Promise<T> {
    return this.#change((sql, outbox) => work(loginsOf(sql, outbox)))
  }

  /** Reads of who may do what in a scope. */
  access(scope: TenantScope): AccessControl {
    return accessOf(this.#database.prisma, scope)
  }

  /** Changes who may do what. What `work` throws undoes everything. */
  changeAccess<T>(scope: TenantScope, work: (change: AccessChange) => Promise<T>): Promise<T> {
    return this.#changeWithPrisma((db, sql, outbox) =>
      work({
        ...accessOf(db, scope),
        ...loginsOf(sql, outbox),
        actor: scope.actor ?? SYSTEM_ACTOR,
        locks: new RowLocks(sql, scope),
        idempotency: new IdempotencyRepository(sql),
      }),
    )
  }

  /** Creates who may do what once per key, as {@link createOnce} does. @throws RuleError */
  createAccessOnce<T>(
    scope: TenantScope,
    repeat: RepeatKey | undefined,
    work: (change: AccessChange) => Promise<T>,
  ): Promise<Created<T>> {
    return this.changeAccess(scope, (change) => once(change.idempotency, repeat, () => work(change)))
  }

  async #change<T>(work: (sql: TransactionSql, outbox: Outbox) => Promise<T>): Promise<T> {
    const client = await this.#database.pool.connect()
    const sql = transactionSql(client)
    const outbox = new Outbox(sql, this.#originUuid)
    const result = await inTransaction(
      client,
      () => work(sql, outbox),
      async () => {
        await Promise.all([outbox.flush(), sql.sent()])
      },
    )
    if (outbox.said.length > 0) this.#afterCommit(outbox.said)
    return result
  }

  /** Deletes for good the mailboxes whose time in the trash is over, of any tenant; gives their ids. */
  purgeMailboxes(now: Date): Promise<MailboxId[]> {
    return purgeMailboxes(pgSql(this.#database.pool), now)
  }

  /** Which of these audio keys a message, also in the trash, or a greeting names. */
  async namedAudio(keys: readonly string[]): Promise<Set<string>> {
    const rows = await pgSql(this.#database.pool).rows<{ audio_key: string }>(
      'audio.named',
      'SELECT audio_key FROM message WHERE audio_key = ANY ($1::text[]) UNION SELECT audio_key FROM greeting WHERE audio_key = ANY ($1::text[])',
      [keys],
    )
    return new Set(rows.map((row) => row.audio_key))
  }

  /** Whether the database answers. */
  async isReachable(): Promise<boolean> {
    return this.#database.pool.query('SELECT 1').then(
      () => true,
      () => false,
    )
  }
}
