import type { MailboxAudience } from '@lamplighter/contracts'
import {
  addSummaries,
  contribution,
  EMPTY_SUMMARY,
  type MailboxId,
  type Message,
  type MessageId,
  subtractSummary,
  type TenantId,
} from '@lamplighter/domain'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from './message-repository.js'
import type { Sql } from './sql.js'
import type { SummaryRepository } from './summary-repository.js'

/** A caller of a tenant, by the number as it is stored. */
export type TenantCaller = { readonly tenantId: TenantId; readonly callerIdNum: string }

/** What was erased from a mailbox. */
export type ErasedMessages = {
  readonly messages: readonly Message[]
  /** Those of them that counted in their mailbox: what lay in its trash did not. */
  readonly counted: readonly Message[]
  /** The mailbox after it; undefined when the mailbox itself lies in the trash and shows nobody anything. */
  readonly audience: MailboxAudience | undefined
}

/** A message that nothing may erase. */
export type HeldMessage = { readonly mailboxId: MailboxId; readonly messageId: MessageId }

const MAILBOXES =
  'SELECT DISTINCT mailbox_id FROM message WHERE tenant_uuid = $1::uuid AND caller_id_num = $2 ORDER BY mailbox_id'
const HELD = `
  SELECT id::text, mailbox_id FROM message WHERE tenant_uuid = $1::uuid AND caller_id_num = $2 AND hold ORDER BY mailbox_id, id`
/** Taken whether or not the mailbox lies in the trash, so that it cannot come back meanwhile. */
const LOCK = `
  SELECT s.mailbox_id FROM mailbox_summary s JOIN mailbox m ON m.id = s.mailbox_id
  WHERE s.mailbox_id = $1 AND m.tenant_uuid = $2::uuid FOR UPDATE OF s`
const ERASE = `
  DELETE FROM message g WHERE g.mailbox_id = $1 AND g.tenant_uuid = $2::uuid AND g.caller_id_num = $3 AND NOT g.hold
  RETURNING ${MESSAGE_COLUMNS}, g.deleted_at IS NOT NULL AS deleted`
const FORGET = `
  DELETE FROM idempotency_key WHERE tenant_uuid = $1::uuid AND scope LIKE 'deposit:%' AND response ->> 'caller_id_num' = $2`

/** Erases what a caller left, mailbox by mailbox, each under its lock. */
export class CallerErasure {
  readonly #sql: Sql
  readonly #summaries: SummaryRepository

  constructor(sql: Sql, summaries: SummaryRepository) {
    this.#sql = sql
    this.#summaries = summaries
  }

  /** The mailboxes that hold something of the caller. */
  async mailboxes({ tenantId, callerIdNum }: TenantCaller): Promise<MailboxId[]> {
    const values = [tenantId, callerIdNum]
    const rows = await this.#sql.rows<{ mailbox_id: number }>('erasure.mailboxes', MAILBOXES, values)
    return rows.map((row) => row.mailbox_id as MailboxId)
  }

  /** Messages of the caller that are under legal hold. */
  async held({ tenantId, callerIdNum }: TenantCaller): Promise<HeldMessage[]> {
    const rows = await this.#sql.rows<{ id: string; mailbox_id: number }>('erasure.held', HELD, [tenantId, callerIdNum])
    return rows.map((row) => ({ mailboxId: row.mailbox_id as MailboxId, messageId: row.id as MessageId }))
  }

  /** Erases the caller's messages of a mailbox, those in its trash too. */
  async erase({ tenantId, callerIdNum }: TenantCaller, mailboxId: MailboxId): Promise<ErasedMessages> {
    await this.#sql.rows('erasure.lock', LOCK, [mailboxId, tenantId])
    const before = await this.#summaries.lock(mailboxId)
    const rows = await this.#sql.rows<MessageRow & { deleted: boolean }>('erasure.erase', ERASE, [
      mailboxId,
      tenantId,
      callerIdNum,
    ])
    const messages = rows.map(toMessage)
    const counted = rows.filter((row) => !row.deleted).map(toMessage)
    if (counted.length === 0) return { messages, counted, audience: before }
    const gone = addSummaries(counted.map(({ folderId, urgent }) => contribution(folderId, urgent)))
    // A mailbox in the trash is counted too: it can come back.
    const state = await this.#summaries.apply(mailboxId, subtractSummary(EMPTY_SUMMARY, gone))
    return { messages, counted, audience: before && { ...before, state } }
  }

  /** Forgets the remembered answers to deposits of the caller: they hold name and number. */
  async forgetAnswers({ tenantId, callerIdNum }: TenantCaller): Promise<void> {
    await this.#sql.rows('erasure.forget', FORGET, [tenantId, callerIdNum])
  }
}
