import { randomUUID } from 'node:crypto'
import { countDrafts, type MailboxAudience, messageDrafts } from '@lamplighter/contracts'
import {
  type FolderId,
  INBOX,
  type MailboxId,
  type MailboxState,
  type Message,
  type MessageId,
  type TenantId,
  UNHANDLED,
  URGENT,
} from '@lamplighter/domain'
import { createTestDatabase, type TestDatabase, waitFor } from '@lamplighter/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MessagesChange } from '../src/changes.js'
import { type Database, openDatabase } from '../src/database.js'
import { Provisioning } from '../src/provisioning.js'
import { onlyTenant } from '../src/scope.js'
import { Store } from '../src/store.js'
import type { StoredMessage } from '../src/trash-writer.js'

/** When everything is too old. */
const FAR_AHEAD = new Date(Date.now() + 4000 * 86_400_000)

type Operation =
  | { kind: 'deposit'; urgent: boolean }
  | { kind: 'move'; pick: number; folder: FolderId }
  | { kind: 'delete' | 'restore' | 'purge' | 'hold'; pick: number }
  | { kind: 'age' | 'expire' }

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('deposit' as const), urgent: fc.boolean() }),
  fc.record({
    kind: fc.constant('move' as const),
    pick: fc.nat(50),
    folder: fc.constantFrom<FolderId>(1, 2, 3, 4, 5, 6),
  }),
  fc.record({ kind: fc.constantFrom('delete', 'restore', 'purge', 'hold'), pick: fc.nat(50) }),
  fc.record({ kind: fc.constantFrom('age', 'expire') }),
)

function newMessage({ mailbox }: MailboxAudience, urgent: boolean): Message {
  const id = randomUUID() as MessageId
  const place = { id, tenantId: mailbox.tenantId, mailboxId: mailbox.id, folderId: urgent ? URGENT : INBOX, urgent }
  const audio = { durationMs: 1000, audioKey: id, audioBytes: 1, audioSha256: null, transcription: null }
  return { ...place, callerIdName: null, callerIdNum: null, leftAt: 1, ...audio, ...UNHANDLED }
}

/** The state of the mailbox as the deposit knows it. */
function insertUnsaid({ writer }: MessagesChange, audience: MailboxAudience, urgent: boolean): MailboxState {
  return writer(audience).insert(newMessage(audience, urgent)).audience.state
}

describe('the summary of a mailbox', () => {
  let disposable: TestDatabase
  let database: Database
  let store: Store
  let tenant: TenantId
  let context: string

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url)
    store = new Store(database, randomUUID(), () => {})
    tenant = await new Provisioning(database).createTenant({ name: 'master', slug: 'master' })
    await database.pool.query('UPDATE tenant SET max_age_days = 1')
    context = (
      await store
        .configuration(onlyTenant(tenant))
        .contexts.create({ uuid: randomUUID(), label: 'x', type: 'internal' })
    ).name
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  async function newMailbox(): Promise<MailboxId> {
    const number = String(Math.floor(Math.random() * 1e12))
    const { mailboxes } = store.configuration(onlyTenant(tenant))
    const fields = {
      name: 'box',
      number,
      context,
      accesstype: 'global',
      enabled: true,
      deleteMessages: false,
      askPassword: true,
      options: [],
      mwiPolicyUuid: null,
    } as const
    const nothing = { email: null, pager: null, language: null, timezone: null, maxMessages: null, attachAudio: null }
    return (await mailboxes.create(tenant, false, { ...fields, ...nothing })).id
  }

  /** Does a step, as far as it applies; whether the mailbox changed. */
  async function apply(mailbox: MailboxId, step: Operation, ids: MessageId[]): Promise<boolean> {
    if (step.kind === 'expire') {
      await store.retention.purgeExpired(FAR_AHEAD, 1000)
      return false
    }
    const overdue = step.kind === 'age' ? await store.retention.overdue(FAR_AHEAD, 1000) : []
    return store.changeMessages(onlyTenant(tenant), async (change) => {
      const audience = await change.summaries.lock(mailbox)
      if (!audience) throw new Error('no mailbox')
      if (step.kind === 'deposit') return deposit(change, audience, step.urgent, ids)
      const aged = overdue.filter(({ mailboxId }) => mailboxId === mailbox).flatMap(({ messageIds }) => messageIds)
      const picked = 'pick' in step ? [ids[step.pick % Math.max(ids.length, 1)] ?? randomUUID()] : aged
      return changeStored(change, audience, step, await change.trash(audience).find(picked))
    })
  }

  async function deposit(
    change: MessagesChange,
    audience: MailboxAudience,
    urgent: boolean,
    ids: MessageId[],
  ): Promise<boolean> {
    const inserted = change.writer(audience).insert(newMessage(audience, urgent))
    ids.push(inserted.message.id)
    change.outbox.add([
      ...messageDrafts('created', inserted.message, inserted.audience),
      ...countDrafts(inserted.audience),
    ])
    return true
  }

  async function changeStored(
    { trash, writer }: MessagesChange,
    audience: MailboxAudience,
    step: Operation,
    stored: readonly StoredMessage[],
  ): Promise<boolean> {
    const live = stored.filter(({ trashed }) => !trashed)
    const trashed = stored.filter((one) => one.trashed)
    const messagesOf = (some: readonly StoredMessage[]) => some.map(({ message }) => message)
    const free = (some: readonly StoredMessage[]) => some.filter(({ message }) => !message.hold)
    if (step.kind === 'hold') {
      for (const { message } of stored) await trash(audience).setHold([message], !message.hold)
      return false
    }
    if (step.kind === 'purge') {
      if (free(stored).length > 0) await trash(audience).purge(free(stored))
      return free(live).length > 0
    }
    if (step.kind === 'restore') {
      if (trashed.length > 0) await trash(audience).restore(messagesOf(trashed))
      return trashed.length > 0
    }
    if (step.kind === 'move') {
      const elsewhere = messagesOf(live).filter(({ folderId }) => folderId !== step.folder)
      if (elsewhere.length > 0) await writer(audience).move(elsewhere, step.folder)
      return elsewhere.length > 0
    }
    if (free(live).length > 0) await trash(audience).trash(messagesOf(free(live)), null, new Date())
    return free(live).length > 0
  }

  const COUNTED = `
    SELECT count(*) FILTER (WHERE folder_id IN (1, 3))::int AS new, count(*) FILTER (WHERE folder_id NOT IN (1, 3))::int AS old,
      count(*) FILTER (WHERE folder_id IN (1, 3) AND urgent)::int AS "urgentNew",
      count(*) FILTER (WHERE folder_id NOT IN (1, 3) AND urgent)::int AS "urgentOld"
    FROM message WHERE mailbox_id = $1 AND deleted_at IS NULL`

  async function counted(mailbox: MailboxId): Promise<unknown> {
    return (await database.pool.query(COUNTED, [mailbox])).rows[0]
  }

  it('[B] equals a count of the rows after any operations, and its revision rises by one with each change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (steps) => {
        const mailbox = await newMailbox()
        const ids: MessageId[] = []
        let revision = 0
        for (const step of steps) {
          const changed = await apply(mailbox, step, ids)
          const state = (await store.messages(onlyTenant(tenant)).mailbox(mailbox))?.state
          expect(state?.summary).toEqual(await counted(mailbox))
          revision += changed ? 1 : 0
          expect(state?.revision).toBe(revision)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('stays right under many writers at once: 60 deposits are 60 rows and 60 revisions', async () => {
    const mailbox = await newMailbox()
    const ids: MessageId[] = []
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => apply(mailbox, { kind: 'deposit', urgent: index % 3 === 0 }, ids)),
    )
    const state = (await store.messages(onlyTenant(tenant)).mailbox(mailbox))?.state
    expect(state).toEqual({ revision: 60, claimed: [], summary: { new: 60, old: 0, urgentNew: 20, urgentOld: 0 } })
    const { rows } = await database.pool.query(
      `SELECT mailbox_revision::int AS revision FROM event WHERE mailbox_id = $1 AND name LIKE '%mwi_updated' ORDER BY id`,
      [mailbox],
    )
    expect(rows.map((row) => row.revision)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
  })

  it('is read behind its lock: who waited for it sees what the one before committed', async () => {
    const mailbox = await newMailbox()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let locked = () => {}
    const first = new Promise<void>((resolve) => {
      locked = resolve
    })
    const writer = store.changeMessages(onlyTenant(tenant), async (change) => {
      const audience = await change.summaries.lock(mailbox)
      locked()
      await held
      if (audience) await change.summaries.apply(mailbox, { new: 1, old: 0, urgentNew: 0, urgentOld: 0 })
    })
    await first
    const reader = store.changeMessages(onlyTenant(tenant), ({ summaries }) => summaries.lock(mailbox))
    const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    await waitFor(async () => (await database.pool.query(waiting)).rows.length > 0, { what: 'the second at the lock' })
    release()
    await writer
    expect((await reader)?.state).toMatchObject({ revision: 1, summary: { new: 1 } })
  })

  it('and its events vanish together when the work fails', async () => {
    const mailbox = await newMailbox()
    const failing = store.changeMessages(onlyTenant(tenant), async ({ summaries, outbox }) => {
      const audience = await summaries.lock(mailbox)
      if (!audience) throw new Error('no mailbox')
      outbox.add(countDrafts(audience))
      await summaries.apply(mailbox, { new: 1, old: 0, urgentNew: 0, urgentOld: 0 })
      throw new Error('at the last moment')
    })
    await expect(failing).rejects.toThrow('at the last moment')
    const { rows } = await database.pool.query(
      'SELECT count(*)::int AS events FROM event WHERE mailbox_id = $1 AND mailbox_revision = 0',
      [mailbox],
    )
    expect(rows[0]).toEqual({ events: 0 })
    expect((await store.messages(onlyTenant(tenant)).mailbox(mailbox))?.state.revision).toBe(0)
  })

  it('is after a deposit what the deposit said, and a deposit that knew an older one commits nothing', async () => {
    const mailbox = await newMailbox()
    const read = async () => (await store.messages(onlyTenant(tenant)).mailbox(mailbox))?.state
    const said = await store.changeMessages(onlyTenant(tenant), async (change) => {
      const audience = await change.summaries.lock(mailbox)
      return audience && insertUnsaid(change, audience, true)
    })
    expect(said).toMatchObject({ revision: 1, summary: { new: 1, urgentNew: 1 } })
    expect(await read()).toEqual(said)
    const twice = store.changeMessages(onlyTenant(tenant), async (change) => {
      const audience = await change.summaries.lock(mailbox)
      if (!audience) throw new Error('no mailbox')
      insertUnsaid(change, audience, false)
      insertUnsaid(change, audience, false)
      // What fails behind it does not hide why.
      await change.summaries.lock(mailbox)
    })
    await expect(twice).rejects.toThrow('division by zero')
    expect(await read()).toEqual(said)
  })

  it('cannot go wrong in the database either: constraints refuse impossible counts and folders', async () => {
    const mailbox = await newMailbox()
    const update = database.pool.query('UPDATE mailbox_summary SET new_count = -1 WHERE mailbox_id = $1', [mailbox])
    await expect(update).rejects.toThrow('mailbox_summary_counts')
    const urgent = database.pool.query('UPDATE mailbox_summary SET urgent_new_count = 1 WHERE mailbox_id = $1', [
      mailbox,
    ])
    await expect(urgent).rejects.toThrow('mailbox_summary_counts')
  })
})
