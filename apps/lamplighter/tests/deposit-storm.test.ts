import { readdir } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestInstallation, wav } from './support.js'

const DEPOSITS = 500

describe('a storm of deposits', () => {
  let installation: TestInstallation

  beforeAll(async () => {
    installation = await TestInstallation.start()
  })
  afterAll(() => installation.stop())

  it('[B] of 500 at once into one mailbox is 500 rows, 500 objects and a revision 500 higher (row 31)', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant, { accesstype: 'global' })
    const mwi = () =>
      tenant.admin.call<{ new: number; version: number }>('GET', `/api/calld/1.0/voicemails/${box.id}/mwi`)
    const before = await mwi()
    const deposits = Array.from({ length: DEPOSITS }, (_, index) =>
      tenant.admin.deposit<{ id: string }>(box.id, wav(index + 1), { caller_id_num: String(index) }),
    )
    const ids = new Set((await Promise.all(deposits)).map(({ id }) => id))
    expect(ids.size).toBe(DEPOSITS)
    expect(await mwi()).toMatchObject({ new: DEPOSITS, version: before.version + DEPOSITS })
    const sql = new pg.Client({ connectionString: installation.databaseUrl })
    await sql.connect()
    const rows = 'SELECT id::text, audio_key, audio_bytes FROM message WHERE mailbox_id = $1'
    const stored = (await sql.query<{ id: string; audio_key: string }>(rows, [box.id])).rows
    await sql.end()
    expect(new Set(stored.map(({ id }) => id))).toEqual(ids)
    const directory = path.join(installation.directory, 'audio')
    const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
    const keys = files.map((file) => path.relative(directory, path.join(file.parentPath, file.name)))
    expect(keys.sort()).toEqual(stored.map((row) => row.audio_key).sort())
  })
})
