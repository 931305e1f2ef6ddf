import type { MailboxAudience } from '@lamplighter/contracts'
import { contribution, INBOX, type Message, type MessageId, UNHANDLED, URGENT } from '@lamplighter/domain'
import type { Sql } from './sql.js'
import type { SummaryRepository } from './summary-repository.js'
import type { TeamChange } from './team-writer.js'

/** What the row says of caller, audio and transcript is taken over as it is; the audio is named once more, not copied. */
const COPY = `
  INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms, audio_key,
    audio_bytes, audio_sha256, transcription, transcribed_at, search_text, copied_from, note)
  SELECT c.id, c.mailbox_id, g.tenant_uuid, $3, g.urgent, g.caller_id_name, g.caller_id_num, g.left_at, g.duration_ms, g.audio_key,
    g.audio_bytes, g.audio_sha256, g.transcription, g.transcribed_at, g.search_text, g.id, $4
  FROM message g CROSS JOIN unnest($5::uuid[], $6::int[]) AS c(id, mailbox_id)
  WHERE g.id = $1::uuid AND g.tenant_uuid = $2::uuid`

/** Where a copy goes, and the id it gets. */
export type CopyTarget = { readonly id: MessageId; readonly audience: MailboxAudience }

/** Copies a message into other mailboxes of its tenant, whose locks and whose own are all held. */
export class CopyWriter {
  readonly #sql: Sql
  readonly #summaries: SummaryRepository

  constructor(sql: Sql, summaries: SummaryRepository) {
    this.#sql = sql
    this.#summaries = summaries
  }

  /** Puts an unread copy into each of the mailboxes: new ids, the same caller, time and audio; nobody has handled it. */
  async copy(message: Message, targets: readonly CopyTarget[], note: string | null): Promise<TeamChange[]> {
    const folderId = message.urgent ? URGENT : INBOX
    const ids = targets.map(({ id }) => id)
    const mailboxIds = targets.map(({ audience }) => audience.mailbox.id)
    const values = [message.id, message.tenantId, folderId, note, ids, mailboxIds]
    await this.#sql.rows('message.copy', COPY, values)
    const states = await this.#summaries.applyAll(mailboxIds, contribution(folderId, message.urgent))
    return targets.map(({ id, audience }) => {
      const { id: mailboxId } = audience.mailbox
      const copy = { ...message, ...UNHANDLED, id, mailboxId, folderId, note }
      return { message: copy, audience: { ...audience, state: states.get(mailboxId) ?? audience.state } }
    })
  }
}
