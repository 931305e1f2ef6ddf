import { createHash, randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { waitFor } from '@lamplighter/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'
import { readTar, type TarEntry, writeTar } from './tar.js'

type Line = { id: string; audio: { bytes: number; sha256: string }; [key: string]: unknown }
type Archive = { manifest: Record<string, unknown>; lines: Line[]; audio: Map<string, Buffer> }
type Facts = { caller_id_name?: string; caller_id_num?: string; timestamp?: string; urgent?: string }

const CALLD = '/api/calld/1.0'
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('archives and erasures', () => {
  let installation: TestInstallation
  let database: pg.Pool
  let tenant: Tenant
  let anna: Person

  beforeAll(async () => {
    installation = await TestInstallation.start({ LAMPLIGHTER_MAX_AUDIO_BYTES: '200000' })
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
  })
  afterAll(async () => {
    await database.end()
    await installation.stop()
  })

  const call = (
    pathAndQuery: string,
    init: { method?: string; body?: string | Uint8Array<ArrayBuffer> } = {},
    by: Tenant = tenant,
  ) => request(`${installation.url}${CALLD}${pathAndQuery}`, { token: by.admin.token, ...init })
  const leave = (mailbox: Voicemail, facts: Facts = {}, samples = 800, by = tenant) =>
    by.admin.deposit<{ id: string }>(mailbox.id, wav(samples), facts)
  const rows = async (text: string, values: unknown[]) => (await database.query(text, values)).rows
  const messagesOf = async (mailbox: Voicemail) =>
    (await rows('SELECT id FROM message WHERE mailbox_id = $1 ORDER BY id', [mailbox.id])).map((row) => row.id)
  const countsOf = async (mailbox: Voicemail) => (await call(`/voicemails/${mailbox.id}/mwi`)).json

  /** No spool of this process is left; other installations have directories of their own making. */
  async function nothingSpooled(): Promise<void> {
    const left = async () => (await readdir(os.tmpdir())).filter((name) => name.startsWith('lamplighter-export-'))
    await waitFor(async () => (await left()).length === 0 || undefined, { what: 'an empty directory' })
  }

  async function audioFiles(): Promise<number> {
    const files = await readdir(path.join(installation.directory, 'audio'), { recursive: true, withFileTypes: true })
    return files.filter((file) => file.isFile()).length
  }

  async function download(pathAndQuery: string, by: Tenant = tenant): Promise<Buffer> {
    const response = await fetch(`${installation.url}${CALLD}${pathAndQuery}`, {
      headers: { 'x-auth-token': by.admin.token },
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-tar'])
    return Buffer.from(await response.arrayBuffer())
  }

  async function open(tar: Buffer): Promise<Archive> {
    const entries = await readTar(tar)
    expect(entries.slice(0, 2).map(({ name }) => name)).toEqual(['manifest.json', 'messages.jsonl'])
    const [manifest, list, ...rest] = entries.map(({ content }) => content)
    const lines = (list ?? Buffer.alloc(0)).toString().split('\n').slice(0, -1)
    expect(entries.slice(2)).toHaveLength(rest.length)
    return {
      manifest: JSON.parse(manifest?.toString() ?? '') as Archive['manifest'],
      lines: lines.map((line) => JSON.parse(line) as Line),
      audio: new Map(entries.slice(2).map(({ name, content }) => [name, content])),
    }
  }

  /** An archive that is whole, before a test spoils it. */
  function archive(count = 1, more: Record<string, unknown> = {}): { entries: TarEntry[]; ids: string[] } {
    const audio = Buffer.from(wav(100))
    const ids = Array.from({ length: count }, () => randomUUID())
    const lines = ids.map((id) => line(id, audio, more))
    const files = ids.map((id) => ({ name: `audio/${id}.wav`, content: audio }))
    return { entries: [...head(lines), ...files], ids }
  }
  function line(id: string, audio: Buffer, more: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      id,
      voicemail_id: 1,
      folder_id: 2,
      urgent: false,
      caller_id_name: 'Ada',
      caller_id_num: '1',
      timestamp: 5,
      private: false,
      status: 'open',
      note: null,
      deleted: false,
      transcription: null,
      audio: { bytes: audio.length, sha256: sha256(audio) },
      ...more,
    }
  }
  function head(lines: readonly object[], more: Record<string, unknown> = {}): TarEntry[] {
    const list = Buffer.from(lines.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const manifest = {
      format: 'lamplighter.messages',
      version: 1,
      exported_at: '2026-11-24T00:00:00.000Z',
      messages: lines.length,
      messages_jsonl: { bytes: list.length, sha256: sha256(list) },
      ...more,
    }
    return [
      { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
      { name: 'messages.jsonl', content: list },
    ]
  }
  const bring = (mailbox: Voicemail, tar: Buffer, by = tenant) =>
    call(`/voicemails/${mailbox.id}/import`, { method: 'POST', body: Uint8Array.from(tar) }, by)

  describe('an export of a mailbox', () => {
    it('holds a checked manifest, a line for each message and its very audio', async () => {
      const box = await installation.mailbox(tenant, {}, [])
      const facts = { caller_id_name: 'Zoë', caller_id_num: '+15550100', timestamp: '1700000000', urgent: 'true' }
      const { id } = await leave(box, facts, 900)
      const other = await leave(box)
      await call(`/voicemails/${box.id}/messages/${id}/transcription`, { method: 'PUT', body: '{"text": "hé"}' })
      const tar = await download(`/voicemails/${box.id}/export`)
      const { manifest, lines, audio } = await open(tar)
      const list = (await readTar(tar))[1]?.content ?? Buffer.alloc(0)
      expect(manifest).toMatchObject({
        format: 'lamplighter.messages',
        version: 1,
        messages: 2,
        messages_jsonl: { bytes: list.length, sha256: sha256(list) },
      })
      expect(lines.map((one) => one.id)).toEqual([id, other.id].sort())
      const exported = lines.find((one) => one.id === id)
      expect(exported).toMatchObject({
        voicemail_id: box.id,
        folder_id: 3,
        urgent: true,
        caller_id_name: 'Zoë',
        caller_id_num: '+15550100',
        timestamp: 1_700_000_000,
        deleted: false,
        transcription: { text: 'hé', provider_id: null },
      })
      const bytes = audio.get(`audio/${id}.wav`) ?? Buffer.alloc(0)
      expect(bytes.equals(Buffer.from(wav(900)))).toBe(true)
      expect(exported?.audio).toEqual({ bytes: bytes.length, sha256: sha256(bytes) })
    })

    it('reads more messages than one batch, hashes audio that has no hash yet, and leaves no file behind', async () => {
      const box = await installation.mailbox(tenant)
      const { id } = await leave(box)
      const copy = `INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, left_at, duration_ms, audio_key, audio_bytes)
        SELECT gen_random_uuid(), mailbox_id, tenant_uuid, 2, n, duration_ms, audio_key, audio_bytes FROM message, generate_series(1, 450) n WHERE id = $1`
      await rows(copy, [id])
      const { lines, audio } = await open(await download(`/voicemails/${box.id}/export`))
      expect([lines.length, audio.size, new Set(lines.map((one) => one.audio.sha256)).size]).toEqual([451, 451, 1])
      await nothingSpooled()
    })

    it('leaves no file behind either when only its head is asked for or the client goes away', async () => {
      const box = await installation.mailbox(tenant)
      for (let n = 0; n < 40; n++) await leave(box, {}, 40_000)
      const url = `${installation.url}${CALLD}/voicemails/${box.id}/export`
      const headers = { 'x-auth-token': tenant.admin.token }
      expect((await fetch(url, { method: 'HEAD', headers })).status).toBe(200)
      await nothingSpooled()
      const leaving = new AbortController()
      const response = await fetch(url, { headers, signal: leaving.signal })
      await response.body?.getReader().read()
      leaving.abort()
      await nothingSpooled()
    })

    it('leaves out what lies in the trash and what has no audio any more; a mailbox without messages is an empty list', async () => {
      const box = await installation.mailbox(tenant)
      const [kept, trashed, silent] = [await leave(box), await leave(box), await leave(box)]
      await rows('UPDATE message SET deleted_at = now() WHERE id = $1', [trashed.id])
      await rows(`UPDATE message SET audio_key = $2 WHERE id = $1`, [silent.id, `00/${randomUUID()}.wav`])
      expect((await open(await download(`/voicemails/${box.id}/export`))).lines.map(({ id }) => id)).toEqual([kept.id])
      const empty = await installation.mailbox(tenant)
      expect(await open(await download(`/voicemails/${empty.id}/export`))).toMatchObject({
        manifest: { messages: 0 },
        lines: [],
      })
    })

    it('needs its access, is 404 out of scope, and is audited', async () => {
      const box = await installation.mailbox(tenant, {}, [anna])
      const stranger = await installation.tenant()
      expect((await call(`/voicemails/${box.id}/export`, {}, stranger)).status).toBe(404)
      const own = await request(`${installation.url}${CALLD}/voicemails/${box.id}/export`, { token: anna.api.token })
      expect(own.status).toBe(401)
      await download(`/voicemails/${box.id}/export`)
      const audit = await rows('SELECT action, details FROM audit WHERE mailbox_id = $1 AND action = $2', [
        box.id,
        'mailbox.exported',
      ])
      expect(audit).toEqual([{ action: 'mailbox.exported', details: { messages: 0 } }])
    })
  })

  describe('an export of a caller', () => {
    it('covers all mailboxes of the tenant and their trash, and no other tenant', async () => {
      const number = `+1${Date.now()}`
      const [first, second] = [await installation.mailbox(tenant), await installation.mailbox(tenant)]
      const stranger = await installation.tenant()
      const theirs = await installation.mailbox(stranger)
      const kept = await leave(first, { caller_id_num: number })
      const trashed = await leave(second, { caller_id_num: number })
      await leave(second, { caller_id_num: `${number}0` })
      await leave(theirs, { caller_id_num: number }, 800, stranger)
      await rows('UPDATE message SET deleted_at = now() WHERE id = $1', [trashed.id])
      const { lines } = await open(
        await download(`/voicemails/messages/export?caller_id_num=${encodeURIComponent(number)}`),
      )
      const seen = lines.map(({ id, deleted }) => `${id} ${deleted}`)
      expect(seen.sort()).toEqual([`${kept.id} false`, `${trashed.id} true`].sort())
    })

    it.each(['', '?caller_id_num=', '?caller_id_num=a%00b', `?caller_id_num=${'1'.repeat(81)}`])(
      'needs a number: %s is 400',
      async (query) => {
        expect((await call(`/voicemails/messages/export${query}`)).status).toBe(400)
      },
    )
  })

  describe('an import', () => {
    it('brings an export into another installation as it was, counts it and says so', async () => {
      const elsewhere = await TestInstallation.start()
      const theirTenant = await elsewhere.tenant()
      const box = await elsewhere.mailbox(theirTenant, { accesstype: 'global' })
      const source = await installation.mailbox(tenant)
      const { id } = await leave(source, { caller_id_name: 'Ada', timestamp: '7', urgent: 'true' })
      await call(`/voicemails/${source.id}/messages/${id}/transcription`, { method: 'PUT', body: '{"text": "words"}' })
      const tar = await download(`/voicemails/${source.id}/export`)
      const send = () =>
        request(`${elsewhere.url}${CALLD}/voicemails/${box.id}/import`, {
          method: 'POST',
          token: theirTenant.admin.token,
          body: Uint8Array.from(tar),
        })
      const first = await send()
      expect([first.status, first.json]).toEqual([200, { imported: 1, skipped: 0 }])
      expect((await send()).json).toEqual({ imported: 0, skipped: 1 })
      const read = (rest: string) =>
        request(`${elsewhere.url}${CALLD}/voicemails/${box.id}${rest}`, { token: theirTenant.admin.token })
      expect((await read(`/messages/${id}`)).json).toMatchObject({
        id,
        caller_id_name: 'Ada',
        timestamp: 7,
        priority: 'urgent',
        folder: { id: 3 },
        transcription: { text: 'words' },
      })
      expect((await read('/mwi')).json).toMatchObject({ new: 1, urgent_new: 1, version: 1 })
      expect((await read(`/messages/${id}/recording`)).status).toBe(200)
      const pool = new pg.Pool({ connectionString: elsewhere.databaseUrl, max: 1 })
      const events = await pool.query(
        'SELECT name FROM event WHERE mailbox_id = $1 AND mailbox_revision = 1 ORDER BY id',
        [box.id],
      )
      expect(events.rows.map(({ name }) => name)).toEqual([
        'global_voicemail_message_created',
        'call_logd_voicemail_transcription_created',
        'global_voicemail_transcription_created',
        'global_voicemail_mwi_updated',
      ])
      await pool.end()
      await elsewhere.stop()
    })

    it('takes several messages as one revision, skips ids that are taken anywhere and what lay in the trash', async () => {
      const box = await installation.mailbox(tenant)
      const other = await installation.mailbox(tenant)
      const taken = await leave(other)
      const before = await audioFiles()
      const audio = Buffer.from(wav(100))
      const [a, b, trashed] = [randomUUID(), randomUUID(), randomUUID()]
      const lines = [
        line(a, audio, { folder_id: 1 }),
        line(b, audio),
        line(taken.id, audio),
        line(trashed, audio, { deleted: true }),
      ]
      const files = [a, b, taken.id, trashed].map((id) => ({ name: `audio/${id}.wav`, content: audio }))
      const { status, json } = await bring(box, await writeTar([...head(lines), ...files]))
      expect([status, json]).toEqual([200, { imported: 2, skipped: 2 }])
      expect(await countsOf(box)).toMatchObject({ new: 1, old: 1, version: 1 })
      expect(await messagesOf(box)).toEqual([a, b].sort())
      expect(await audioFiles()).toBe(before + 2)
    })

    const audio = Buffer.from(wav(100))
    const hostile: [string, () => TarEntry[] | Buffer, string?][] = [
      ['nothing', () => Buffer.alloc(0)],
      ['no tar', () => Buffer.from('hello'.repeat(1000))],
      ['a tar of something else', () => [{ name: 'etc/passwd', content: Buffer.from('root') }]],
      ['a tar cut in the middle', () => writeTar(archive(2).entries) as unknown as Buffer],
      ['a newer version', () => head([], { version: 2 })],
      ['a foreign field in the manifest', () => head([], { color: 'red' })],
      ['a manifest that counts wrong', () => head([], { messages: 3 })],
      [
        'a list that does not fit its checksum',
        () => head([], { messages_jsonl: { bytes: 0, sha256: '0'.repeat(64) } }),
      ],
      ['a list before the manifest', () => archive().entries.reverse()],
      ['a foreign field in a line', () => archive(1, { color: 'red' }).entries],
      [
        'a foreign field inside a line',
        () => archive(1, { audio: { bytes: 1, sha256: '0'.repeat(64), key: '../x' } }).entries,
      ],
      ['an id that is a path', () => archive(1, { id: '../../../../etc/passwd' }).entries],
      ['NUL in a note', () => archive(1, { note: 'a\0b' }).entries],
      ['a folder that does not exist', () => archive(1, { folder_id: 7 }).entries],
      [
        'a message named twice',
        () =>
          head([
            line(archive().ids[0] ?? '', audio),
            line(`${'0'.repeat(8)}-0000-4000-8000-000000000000`, audio),
            line(`${'0'.repeat(8)}-0000-4000-8000-000000000000`, audio),
          ]),
      ],
      ['audio that is missing', () => archive(2).entries.slice(0, -1)],
      [
        'audio that comes twice',
        () => {
          const { entries } = archive()
          return [...entries, ...entries.slice(-1)]
        },
      ],
      [
        'audio outside its folder',
        () => archive().entries.map((one) => ({ ...one, name: one.name.replace('audio/', 'audio/../../') })),
      ],
      [
        'an absolute name',
        () => archive().entries.map((one) => ({ ...one, name: one.name.replace('audio/', '/audio/') })),
      ],
      ['a file nobody asked for', () => [...archive().entries, { name: `audio/${randomUUID()}.wav`, content: audio }]],
      [
        'a symbolic link',
        () =>
          archive().entries.map((one) =>
            one.name.startsWith('audio/')
              ? { name: one.name, content: Buffer.alloc(0), type: 'symlink' as const, linkname: '/etc/passwd' }
              : one,
          ),
      ],
      [
        'a hard link',
        () =>
          archive().entries.map((one) =>
            one.name.startsWith('audio/')
              ? { name: one.name, content: Buffer.alloc(0), type: 'link' as const, linkname: 'manifest.json' }
              : one,
          ),
      ],
      [
        'a directory',
        () => [{ name: 'audio/', content: Buffer.alloc(0), type: 'directory' as const }, ...archive().entries],
      ],
      [
        'audio with a wrong checksum',
        () => {
          const { entries, ids } = archive(2)
          return entries.map((one) =>
            one.name.includes(ids[1] ?? '?') ? { ...one, content: Buffer.from(wav(99)) } : one,
          )
        },
      ],
      [
        'audio with the right size and other bytes',
        () => {
          const { entries } = archive(2)
          return entries.map((one, at) => (at === 3 ? { ...one, content: Buffer.from(audio).fill(1, 60) } : one))
        },
      ],
      [
        'audio that is no recording',
        () => {
          const text = Buffer.from('x'.repeat(500))
          const id = randomUUID()
          return [...head([line(id, text)]), { name: `audio/${id}.wav`, content: text }]
        },
      ],
      [
        'audio larger than a recording may be',
        () => {
          const big = Buffer.from(wav(150_000))
          const id = randomUUID()
          return [...head([line(id, big)]), { name: `audio/${id}.wav`, content: big }]
        },
      ],
    ]
    it.each(hostile)('refuses %s whole, with nothing written', async (name, make) => {
      const box = await installation.mailbox(tenant)
      const before = await audioFiles()
      const made = await make()
      const tar = Buffer.isBuffer(made) ? made : await writeTar(made)
      const { status, json } = await bring(box, name.includes('cut') ? tar.subarray(0, 3000) : tar)
      expect([status, json]).toMatchObject([400, { error_id: 'invalid-voicemail-archive' }])
      expect(await messagesOf(box)).toEqual([])
      expect(await audioFiles()).toBe(before)
    })

    it('refuses a bomb by what its headers promise, with 413', async () => {
      const box = await installation.mailbox(tenant)
      const many = await bring(box, await writeTar(head([], { messages: 5001 })))
      expect([many.status, many.json]).toMatchObject([413, { error_id: 'payload-too-large' }])
      const manifest = await bring(
        box,
        await writeTar([{ name: 'manifest.json', content: Buffer.alloc(1_000_000, ' ') }]),
      )
      expect(manifest.status).toBe(413)
    })

    it('lets the client read the refusal though most of the archive was still to come', async () => {
      const box = await installation.mailbox(tenant)
      const rest = { name: 'rest', content: Buffer.alloc(8 * 1024 * 1024) }
      for (let n = 0; n < 5; n++) expect((await bring(box, await writeTar([rest, rest]))).status).toBe(413)
    })

    it('needs room and an enabled mailbox: 409, and nothing is written', async () => {
      const before = await audioFiles()
      const full = await installation.mailbox(tenant, { max_messages: 1 })
      const tar = await writeTar(archive(2).entries)
      expect((await bring(full, tar)).json).toMatchObject({ error_id: 'voicemail-full' })
      await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${full.id}`, { enabled: false, max_messages: 9 })
      expect((await bring(full, tar)).json).toMatchObject({ error_id: 'voicemail-disabled' })
      expect(await messagesOf(full)).toEqual([])
      expect(await countsOf(full)).toMatchObject({ new: 0, old: 0 })
      expect(await audioFiles()).toBe(before)
      expect((await bring(full, tar, await installation.tenant())).status).toBe(404)
    })
  })

  describe('an erasure', () => {
    const erase = (number: string, by = tenant) =>
      call('/voicemails/erasures', { method: 'POST', body: JSON.stringify({ caller_id_num: number }) }, by)

    it('takes rows, transcripts, the trash and audio, moves the counts, says so, and finds nothing the second time', async () => {
      const number = `+2${Date.now()}`
      const box = await installation.mailbox(tenant, {}, [await installation.account(tenant.uuid)])
      const deleted = await installation.mailbox(tenant)
      const [transcribed, trashed] = [
        await leave(box, { caller_id_num: number }),
        await leave(box, { caller_id_num: number }),
      ]
      await leave(deleted, { caller_id_num: number })
      const stays = await leave(box, { caller_id_num: '1' })
      const place = `/voicemails/${box.id}/messages/${transcribed.id}/transcription`
      await call(place, { method: 'PUT', body: '{"text": "gone"}' })
      await call(`/voicemails/${box.id}/messages/${trashed.id}`, { method: 'DELETE' })
      await tenant.admin.call('DELETE', `/api/confd/1.1/voicemails/${deleted.id}`)
      const stored = (await rows('SELECT count(*)::int AS n FROM message WHERE caller_id_num = $1', [number]))[0]
        ?.n as number
      const before = await audioFiles()
      const { status, json } = await erase(number)
      expect([status, json]).toEqual([200, { messages: stored, objects: stored, transcriptions: 1, held: [] }])
      expect(await audioFiles()).toBe(before - stored)
      expect(await rows('SELECT id FROM message WHERE caller_id_num = $1', [number])).toEqual([])
      expect(await messagesOf(box)).toEqual([stays.id])
      expect(await countsOf(box)).toMatchObject({ new: 1, old: 0 })
      const events = await rows(
        `SELECT name FROM event WHERE mailbox_id = $1 AND body LIKE '%' || $2 || '%' AND name LIKE '%deleted' ORDER BY id`,
        [box.id, transcribed.id],
      )
      expect(events.map(({ name }) => name)).toEqual([
        'user_voicemail_message_deleted',
        'call_logd_voicemail_transcription_deleted',
        'user_voicemail_transcription_deleted',
      ])
      expect((await erase(number)).json).toEqual({ messages: 0, objects: 0, transcriptions: 0, held: [] })
      const audit = await rows(`SELECT details FROM audit WHERE mailbox_id = $1 AND action = 'caller.erased'`, [box.id])
      expect(audit).toHaveLength(1)
      expect(JSON.stringify(audit)).not.toContain(number)
    })

    it('counts nothing that it took out of a mailbox in the trash, when that comes back', async () => {
      const number = `+4${Date.now()}`
      const box = await installation.mailbox(tenant)
      for (const caller_id_num of [number, '1']) await leave(box, { caller_id_num })
      await tenant.admin.call('DELETE', `/api/confd/1.1/voicemails/${box.id}`)
      expect((await erase(number)).json).toMatchObject({ messages: 1 })
      await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}/restore`)
      expect(await countsOf(box)).toMatchObject({ new: 1, old: 0 })
      const told = await rows(
        `SELECT body::json -> 'data' -> 'new' AS new FROM event
         WHERE mailbox_id = $1 AND name = 'user_voicemail_mwi_updated' ORDER BY id`,
        [box.id],
      )
      expect(told.map((one) => one.new)).toEqual([1, 2, 0, 1])
    })

    it('leaves what is under legal hold and names it', async () => {
      const number = `+3${Date.now()}`
      const box = await installation.mailbox(tenant)
      const [held] = [await leave(box, { caller_id_num: number }), await leave(box, { caller_id_num: number })]
      await rows('UPDATE message SET hold = true WHERE id = $1', [held.id])
      expect((await erase(number)).json).toEqual({
        messages: 1,
        objects: 1,
        transcriptions: 0,
        held: [{ voicemail_id: box.id, message_id: held.id }],
      })
      expect(await messagesOf(box)).toEqual([held.id])
      expect(await countsOf(box)).toMatchObject({ new: 1 })
    })

    it('keeps audio that another message still names', async () => {
      const number = `+4${Date.now()}`
      const box = await installation.mailbox(tenant)
      const { id } = await leave(box, { caller_id_num: number })
      const other = await leave(box, { caller_id_num: '1' })
      await rows('UPDATE message SET audio_key = (SELECT audio_key FROM message WHERE id = $1) WHERE id = $2', [
        id,
        other.id,
      ])
      expect((await erase(number)).json).toMatchObject({ messages: 1, objects: 0 })
      expect((await call(`/voicemails/${box.id}/messages/${other.id}/recording`)).status).toBe(200)
    })

    it('forgets the remembered answers to deposits of the caller', async () => {
      const number = `+5${Date.now()}`
      const box = await installation.mailbox(tenant)
      const url = `${installation.url}${CALLD}/voicemails/${box.id}/messages?caller_id_num=${encodeURIComponent(number)}`
      const headers = { 'content-type': 'audio/wav', 'idempotency-key': randomUUID() }
      await request(url, { method: 'POST', token: tenant.admin.token, headers, body: wav() })
      const answers = () => rows(`SELECT key FROM idempotency_key WHERE response ->> 'caller_id_num' = $1`, [number])
      expect(await answers()).toHaveLength(1)
      await erase(number)
      expect(await answers()).toEqual([])
    })

    it('stays within the tenant', async () => {
      const number = `+6${Date.now()}`
      const child = await installation.tenant(tenant.uuid)
      const theirs = await installation.mailbox(child)
      await leave(theirs, { caller_id_num: number }, 800, child)
      expect((await erase(number)).json).toMatchObject({ messages: 0 })
      expect((await erase(number, await installation.tenant())).json).toMatchObject({ messages: 0 })
      expect((await erase(number, child)).json).toMatchObject({ messages: 1 })
    })

    it.each(['{}', '{"caller_id_num": ""}', '{"caller_id_num": null}', '{"caller_id_num": "1", "all": true}', '', 'x'])(
      'refuses %s',
      async (body) => {
        expect((await call('/voicemails/erasures', { method: 'POST', body })).status).toBe(400)
      },
    )
  })
})
