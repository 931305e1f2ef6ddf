import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { InProcessBus } from '@lamplighter/bus'
import {
  type MailboxId,
  type MessageId,
  SYSTEM_ACTOR,
  type TenantId,
  UNHANDLED,
  type UserId,
} from '@lamplighter/domain'
import { RateLimits } from '@lamplighter/http'
import { createLogger } from '@lamplighter/runtime'
import { type Database, DirectoryAudioStore, onlyTenant, openDatabase, Provisioning, Store } from '@lamplighter/store'
import { createTestDatabase, type TestDatabase, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCalld } from '../src/index.js'
import { deleting } from '../src/message-actions.js'
import { changeInMailbox } from '../src/message-changer.js'
import { purgeExpired, trashOverdue } from '../src/retention.js'

const DAY_MS = 86_400_000
const NOW = new Date('2026-11-25T12:00:00Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS)

describe('retention', () => {
  let disposable: TestDatabase
  let database: Database
  let store: Store
  let directory: string
  let audio: DirectoryAudioStore
  let master: TenantId
  let tenant: TenantId
  let mailbox: MailboxId

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url)
    store = new Store(database, randomUUID(), () => {})
    directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-audio-'))
    audio = new DirectoryAudioStore(directory)
    await audio.open()
    master = await new Provisioning(database).createTenant({ name: 'master', slug: 'master' })
  })
  afterAll(async () => {
    await audio.close()
    await database.close()
    await disposable.drop()
    await rm(directory, { recursive: true })
  })
  beforeEach(async () => {
    const slug = randomUUID().slice(0, 8)
    tenant = await new Provisioning(database).createTenant({ name: slug, slug, parent: master })
    mailbox = await newMailbox()
  })

  async function newMailbox(): Promise<MailboxId> {
    const { contexts, mailboxes } = store.configuration(onlyTenant(tenant))
    const context = await contexts.create({ uuid: randomUUID(), label: 'x', type: 'internal' })
    return (
      await mailboxes.create(tenant, false, {
        name: 'box',
        number: '1',
        context: context.name,
        accesstype: 'global',
        enabled: true,
        deleteMessages: false,
        askPassword: true,
        options: [],
        mwiPolicyUuid: null,
        email: null,
        pager: null,
        language: null,
        timezone: null,
        maxMessages: null,
        attachAudio: null,
      })
    ).id
  }

  const settings = (sql: string) => database.pool.query(`UPDATE tenant SET ${sql} WHERE uuid = $1`, [tenant])
  const hold = (id: string) => database.pool.query('UPDATE message SET hold = true WHERE id = $1', [id])

  /** A message left so long ago, with audio. */
  async function message(leftDaysAgo: number): Promise<{ id: MessageId; audioKey: string }> {
    const id = randomUUID() as MessageId
    const audioKey = await audio.put(Readable.from([Buffer.from('x')]))
    const leftAt = daysAgo(leftDaysAgo).getTime() / 1000
    const caller = { callerIdName: null, callerIdNum: null, leftAt }
    const facts = {
      ...caller,
      durationMs: 1000,
      audioKey,
      audioBytes: 1,
      audioSha256: null,
      transcription: null,
      ...UNHANDLED,
    }
    await store.changeMessages(onlyTenant(tenant), async ({ summaries, writer }) => {
      const audience = await summaries.lock(mailbox)
      if (!audience) throw new Error('no mailbox')
      const place = { id, tenantId: tenant, mailboxId: mailbox }
      writer(audience).insert({ ...place, folderId: 1, urgent: false, ...facts })
    })
    return { id, audioKey }
  }

  /** A message deleted so long ago. */
  async function trashed(deletedDaysAgo: number): Promise<{ id: MessageId; audioKey: string }> {
    const made = await message(deletedDaysAgo)
    await store.changeMessages(onlyTenant(tenant), async ({ summaries, trash }) => {
      const audience = await summaries.lock(mailbox)
      if (!audience) throw new Error('no mailbox')
      const stored = await trash(audience).find([made.id])
      const messages = stored.map((one) => one.message)
      await trash(audience).trash(messages, randomUUID() as UserId, daysAgo(deletedDaysAgo))
    })
    return made
  }

  async function left(): Promise<{ live: string[]; trash: string[] }> {
    const rows = 'SELECT id::text, deleted_at FROM message WHERE mailbox_id = $1 ORDER BY left_at'
    const all = (await database.pool.query<{ id: string; deleted_at: Date | null }>(rows, [mailbox])).rows
    const idsOf = (inTrash: boolean) => all.filter((row) => (row.deleted_at !== null) === inTrash).map(({ id }) => id)
    return { live: idsOf(false), trash: idsOf(true) }
  }

  const state = async () => (await store.messages(onlyTenant(tenant)).mailbox(mailbox))?.state

  it('[B] deletes for good what lay in the trash for the days of its tenant, with its audio, and never what is on hold', async () => {
    await settings('trash_days = 7')
    const [held, old, young] = [await trashed(100), await trashed(7), await trashed(6)]
    await hold(held.id)
    const before = await state()
    expect(await purgeExpired(store, audio, NOW)).toBe(1)
    expect(await left()).toEqual({ live: [], trash: [held.id, young.id] })
    const sizes = await Promise.all([held, old, young].map(({ audioKey }) => audio.size(audioKey)))
    expect(sizes).toEqual([1, undefined, 1])
    expect(await state()).toEqual(before)
    expect(await purgeExpired(store, audio, NOW)).toBe(0)
    const noted = await store.auditLog(onlyTenant(tenant)).list({ action: 'message.purged' }, undefined, 10)
    expect(noted).toMatchObject([
      { messageId: old.id, mailboxId: mailbox, actorId: null, details: { reason: 'retention' } },
    ])
  })

  it('[B] puts messages over the age of their tenant into the trash, as a deletion by nobody, and never what is on hold', async () => {
    await settings('max_age_days = 30')
    const [held, old, young] = [await message(90), await message(31), await message(29)]
    await hold(held.id)
    const before = await state()
    expect(await trashOverdue(store, NOW)).toBe(1)
    expect(await left()).toEqual({ live: [held.id, young.id], trash: [old.id] })
    expect(await state()).toMatchObject({
      revision: (before?.revision ?? 0) + 1,
      summary: { new: 2, old: 0, urgentNew: 0, urgentOld: 0 },
    })
    const said = 'SELECT name FROM event WHERE mailbox_id = $1 ORDER BY id'
    expect((await database.pool.query(said, [mailbox])).rows.map(({ name }) => name)).toEqual([
      'global_voicemail_message_deleted',
      'global_voicemail_mwi_updated',
    ])
    const noted = await store.auditLog(onlyTenant(tenant)).list({ action: 'message.deleted' }, undefined, 10)
    expect(noted).toMatchObject([{ messageId: old.id, actorId: null }])
    expect(await trashOverdue(store, NOW)).toBe(0)
  })

  it('[B] leaves the messages of a tenant without an age alone: nothing is ever cleared silently (row 38)', async () => {
    const ancient = await message(10_000)
    expect(await trashOverdue(store, NOW)).toBe(0)
    expect((await left()).live).toEqual([ancient.id])
  })

  it('[B] takes any number, in batches, by any number of processes at once, each message once', async () => {
    await settings('max_age_days = 1, trash_days = 0')
    const count = 450
    await database.pool.query(
      `INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, left_at, duration_ms, audio_key, audio_bytes)
       SELECT gen_random_uuid(), $1, $2, 2, 1, 1, 'none', 1 FROM generate_series(1, $3::int)`,
      [mailbox, tenant, count],
    )
    await database.pool.query('UPDATE mailbox_summary SET old_count = $2 WHERE mailbox_id = $1', [mailbox, count])
    const silent = { ...audio, delete: async () => {} } as unknown as DirectoryAudioStore
    const aged = await Promise.all([1, 2, 3].map(() => trashOverdue(store, NOW)))
    expect(aged.reduce((sum, one) => sum + one)).toBe(count)
    expect((await state())?.summary.old).toBe(0)
    const purged = await Promise.all([1, 2, 3].map(() => purgeExpired(store, silent, NOW)))
    expect(purged.reduce((sum, one) => sum + one)).toBe(count)
    expect(await left()).toEqual({ live: [], trash: [] })
  })

  it('[B] changes 100 messages of a mailbox by as many statements as one', async () => {
    const client = await database.pool.connect()
    client.release()
    const statements = vi.spyOn(Object.getPrototypeOf(client), 'query')
    const statementsFor = async (count: number) => {
      const ids: string[] = []
      for (let index = 0; index < count; index++) ids.push((await message(1)).id)
      statements.mockClear()
      await changeInMailbox(store, { tenantId: tenant, id: mailbox }, SYSTEM_ACTOR, ids, deleting(NOW), () => true)
      expect((await left()).trash).toEqual(expect.arrayContaining(ids))
      return statements.mock.calls.length
    }
    const forOne = await statementsFor(1)
    expect(forOne).toBeGreaterThan(5)
    expect(await statementsFor(100)).toBe(forOne)
    statements.mockRestore()
  })

  it('[B] is what calld does by itself, at its interval and by its clock', async () => {
    await settings('trash_days = 7')
    const old = await trashed(8)
    const verifier = { verify: () => Promise.reject(new Error('nobody calls')) }
    const limits = { fingerprintKey: new Uint8Array(), rateLimits: new RateLimits({}) }
    const access = { verifier, covers: async () => false, ...limits }
    const tidying = { everyMs: 20, now: () => NOW }
    const bus = new InProcessBus(createLogger('silent'))
    const calld = createCalld({
      linkKey: Buffer.alloc(32),
      store,
      audio,
      bus,
      access,
      log: createLogger('silent'),
      tidying,
    })
    await calld.start()
    await waitFor(async () => !(await left()).trash.includes(old.id), { what: 'the purge of what expired' })
    await calld.stop()
  })
})
