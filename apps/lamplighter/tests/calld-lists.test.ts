import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Listed = {
  id: string
  caller_id_name: string | null
  timestamp: number
  transcription?: { text: string } | null
  transcribed?: boolean
  unread: boolean
  folder: { id: number }
  voicemail: { id: number }
}
type List = { items: Listed[]; total: number; filtered: number; next_cursor?: string }
type Refusal = { error_id: string; details: Record<string, unknown[]> }

const CALLD = '/api/calld/1.0'
const names = ({ items }: List) => items.map((message) => message.caller_id_name)
const times = ({ items }: List) => items.map(({ timestamp }) => timestamp)

describe('message lists', () => {
  let installation: TestInstallation
  let database: pg.Pool
  let tenant: Tenant
  let anna: Person
  let box: Voicemail
  let shared: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, { name: 'Anna' }, [anna])
    shared = await installation.mailbox(tenant, { name: 'Reception', accesstype: 'global' })
    await leave(box, 'Zoë Müller', 10, { urgent: 'true' })
    await leave(shared, 'adam', 20)
    await leave(box, null, 30)
    await leave(box, '100%_sure', 40)
    const moved = await leave(shared, 'Zoë Müller', 50)
    await tenant.admin.call('PUT', `${CALLD}/voicemails/${shared.id}/messages/${moved.id}`, { folder_id: 2 })
  })
  afterAll(async () => {
    await database.end()
    await installation.stop()
  })

  async function leave(
    mailbox: Voicemail,
    name: string | null,
    timestamp: number,
    more: Record<string, string> = {},
    by: Tenant = tenant,
  ): Promise<{ id: string }> {
    const facts = { timestamp: String(timestamp), ...(name === null ? {} : { caller_id_name: name }), ...more }
    return by.admin.deposit<{ id: string }>(mailbox.id, wav(800 * (1 + (timestamp % 7))), facts)
  }

  const ask = (path: string, query: string, token: string) =>
    request(`${installation.url}${CALLD}${path}${query}`, { token })
  async function own(query = '', person: Person = anna): Promise<List> {
    const { status, json, text } = await ask('/users/me/voicemails/messages', query, person.api.token)
    expect(status, text).toBe(200)
    return json as List
  }
  async function admin(query = '', by: Tenant = tenant): Promise<List> {
    const { status, json, text } = await ask('/voicemails/messages', query, by.admin.token)
    expect(status, text).toBe(200)
    return json as List
  }
  const PATHS = ['/users/me/voicemails/messages', '/voicemails/messages']

  describe('of a user (16)', () => {
    it('3.5 [C]: covers the own and every global mailbox of the tenant, oldest first', async () => {
      const list = await own()
      expect(times(list)).toEqual([10, 20, 30, 40, 50])
      expect(list).toMatchObject({ total: 5, filtered: 5 })
      expect(times(await own('?voicemail_type=personal'))).toEqual([10, 30, 40])
      expect(times(await own('?voicemail_type=global'))).toEqual([20, 50])
      expect((await own('?voicemail_type=all')).total).toBe(5)
    })

    it('3.3 [C]: an item has exactly the contract’s fields first, then ours', async () => {
      const [first] = (await own('?limit=1')).items
      const contract = ['id', 'caller_id_name', 'caller_id_num', 'duration', 'timestamp', 'empty', 'transcription']
      expect(Object.keys(first ?? {}).slice(0, 9)).toEqual([...contract, 'voicemail', 'folder'])
      expect(first).toMatchObject({
        voicemail: { id: box.id, name: 'Anna', accesstype: 'personal' },
        folder: { id: 3, name: 'urgent', type: 'urgent' },
        transcription: null,
        unread: true,
      })
    })

    it('3.5 [C]: a user without any mailbox gets 200 and nothing, not 404', async () => {
      const lonely = await installation.tenant()
      const nobody = await installation.account(lonely.uuid)
      expect(await own('', nobody)).toEqual({ items: [], total: 0, filtered: 0 })
    })

    it('3.5 [C]: a token without a user is 400 token-with-user-uuid-required', async () => {
      const service = await installation.accountWith(tenant.uuid, ['calld.#'])
      await database.query(`UPDATE "user" SET purpose = 'internal' WHERE uuid = $1`, [service.uuid])
      const { token } = await ApiClient.logIn(installation.url, service.username, 'a password')
      const { status, json } = await ask('/users/me/voicemails/messages', '', token)
      expect([status, (json as Refusal).error_id]).toEqual([400, 'token-with-user-uuid-required'])
    })

    it.each(['user_uuid=x', 'voicemail_id=1', 'recurse=true', 'transcribed=true', 'token=x', 'color=red'])(
      '3.5 [C]: %s is unknown here, 400',
      async (parameter) => {
        const { status, json } = await ask(PATHS[0] ?? '', `?${parameter}`, anna.api.token)
        const name = parameter.split('=')[0] ?? ''
        expect([status, json]).toMatchObject([
          400,
          { error_id: 'invalid-data', details: { [name]: ['unknown field'] } },
        ])
      },
    )

    it('F-30 [B]: raw=true, which the JavaScript client leaks, is ignored', async () => {
      expect((await own('?raw=true&limit=2')).items).toHaveLength(2)
    })

    it('F-53 [B]: is filtered by unread, folder, time and search, and says how many pass', async () => {
      expect(await own('?unread=True')).toMatchObject({ total: 5, filtered: 4 })
      expect(await own('?unread=false')).toMatchObject({ total: 5, filtered: 1, items: [{ timestamp: 50 }] })
      expect(times(await own('?folder=3'))).toEqual([10])
      expect(times(await own('?unread=true&folder=1&limit=1'))).toEqual([20])
      expect(await own('?unread=true&folder=1&limit=1')).toMatchObject({ total: 5, filtered: 3 })
      const range = '?from=1970-01-01T00:00:20Z&until=1970-01-01T02:00:40%2B02:00'
      expect(await own(range)).toMatchObject({ total: 5, filtered: 2 })
      expect(times(await own(range))).toEqual([20, 30])
    })

    it('F-53 [B]: finds callers whatever their case and marks; % and _ stand for themselves', async () => {
      expect(times(await own('?search=zoe%20mull'))).toEqual([10, 50])
      expect(times(await own('?search=ADAM'))).toEqual([20])
      expect(times(await own('?search=%25_'))).toEqual([40])
      expect(times(await own('?search=%25'))).toEqual([40])
      expect(times(await own('?search=%5C'))).toEqual([])
      expect((await own('?search=')).filtered).toBe(5)
    })
  })

  describe('of a tenant (1)', () => {
    it('3.5 [C]: covers all mailboxes of the tenant, also those without users, by voicemail_type', async () => {
      expect(await admin()).toMatchObject({ total: 5, filtered: 5 })
      expect(times(await admin('?voicemail_type=personal'))).toEqual([10, 30, 40])
      expect(times(await admin('?voicemail_type=global&direction=desc'))).toEqual([50, 20])
      const orphan = await installation.tenant()
      await leave(await installation.mailbox(orphan), 'x', 7, {}, orphan)
      expect(times(await admin('', orphan))).toEqual([7])
    })

    it('3.3 [C], F-55: says whether there is a transcription and never its text', async () => {
      const [first] = (await admin('?limit=1')).items
      expect(first).not.toHaveProperty('transcription')
      expect(first).toMatchObject({ transcribed: false, voicemail: { name: 'Anna' } })
    })

    it('3.5 [C]: voicemail_id wins over every other selector; one out of scope gives zeros, not 404', async () => {
      const query = `?voicemail_id=${box.id}&voicemail_type=global&user_uuid=x`
      expect(times(await admin(query))).toEqual([10, 30, 40])
      const foreign = await installation.tenant()
      const theirs = await installation.mailbox(foreign)
      await leave(theirs, 'secret', 5, {}, foreign)
      for (const id of [theirs.id, 2_000_000_000, -1, 999_999_999_999]) {
        expect(await admin(`?voicemail_id=${id}`)).toEqual({ items: [], total: 0, filtered: 0 })
      }
    })

    it('3.5 [C]: user_uuid covers that user’s personal and the global mailboxes, by voicemail_type', async () => {
      expect(times(await admin(`?user_uuid=${anna.uuid}`))).toEqual([10, 20, 30, 40, 50])
      expect(times(await admin(`?user_uuid=${anna.uuid}&voicemail_type=personal`))).toEqual([10, 30, 40])
      for (const unknown of [randomUUID(), 'nobody']) {
        expect(times(await admin(`?user_uuid=${unknown}`))).toEqual([20, 50])
        expect((await admin(`?user_uuid=${unknown}&voicemail_type=personal`)).total).toBe(0)
      }
    })

    it('F-32 [B]: a user of another tenant gives nothing of that tenant', async () => {
      const foreign = await installation.tenant()
      const ben = await installation.account(foreign.uuid)
      await leave(await installation.mailbox(foreign, {}, [ben]), 'secret', 5, {}, foreign)
      expect((await admin(`?user_uuid=${ben.uuid}&voicemail_type=personal`)).total).toBe(0)
      expect(names(await admin(`?user_uuid=${ben.uuid}`))).not.toContain('secret')
    })

    it('3.5 [C]: recurse adds the descendants; a descendant’s mailbox is found by id without it', async () => {
      const parent = await installation.tenant()
      const child = await installation.tenant(parent.uuid)
      const theirs = await installation.mailbox(child)
      await leave(await installation.mailbox(parent), 'above', 1, {}, parent)
      await leave(theirs, 'below', 2, {}, child)
      expect(names(await admin('', parent))).toEqual(['above'])
      expect(names(await admin('?recurse=True', parent))).toEqual(['above', 'below'])
      expect(names(await admin('?recurse=yes&voicemail_type=personal&direction=desc', parent))).toEqual([
        'below',
        'above',
      ])
      expect(names(await admin(`?voicemail_id=${theirs.id}`, parent))).toEqual(['below'])
      expect(names(await admin('?recurse=true', child))).toEqual(['below'])
    })

    it('3.5 [C]: from is included, until is not, fractions are cut off; both reduce filtered, not total', async () => {
      const list = await admin('?from=1970-01-01T00:00:20.999Z&until=1970-01-01T00:00:40.999Z')
      expect([times(list), list.total, list.filtered]).toEqual([[20, 30], 5, 2])
    })

    it.each(['2026-11-24T12:00:00', '2026-11-24', '1764000000', '2026-11-24T12:00:00 02:00', ''])(
      '1.6 [C]: from=%s is no date-time with an offset, 400',
      async (text) => {
        for (const path of PATHS) {
          const { status, json } = await ask(path, `?from=${encodeURIComponent(text)}`, tenant.admin.token)
          expect([status, Object.keys((json as Refusal).details)]).toEqual([400, ['from']])
        }
      },
    )

    it('3.5 [C]: transcribed filters', async () => {
      expect(await admin('?transcribed=true')).toMatchObject({ total: 5, filtered: 0, items: [] })
      expect(await admin('?transcribed=0')).toMatchObject({ total: 5, filtered: 5 })
    })

    it.each(['search=adam', 'folder=1&unread=true', 'unread=false', 'recurse=true&search=adam'])(
      'F-53 [B]: takes %s too',
      async (query) => {
        const { items, filtered } = await admin(`?${query}`)
        expect(items).toHaveLength(filtered)
        expect(filtered).toBeGreaterThan(0)
      },
    )
  })

  describe('in order and in pages', () => {
    it('1.7 [C]: order by id, caller_id_name, duration or timestamp, both ways, with limit and offset', async () => {
      for (const list of [own, admin]) {
        const ids = (await list('?order=id')).items.map(({ id }) => id)
        expect(ids).toEqual([...ids].sort())
        expect(times(await list('?order=duration'))).toEqual([50, 30, 10, 40, 20])
        expect(times(await list('?order=timestamp&direction=desc&limit=2&offset=1'))).toEqual([40, 30])
        expect((await list('?offset=99')).total).toBe(5)
      }
    })

    it('F-44 [B]: a caller without a name comes last both ways, and equal names are ordered by id', async () => {
      for (const list of [own, admin]) {
        expect(names(await list('?order=caller_id_name')).at(-1)).toBeNull()
        expect(names(await list('?order=caller_id_name&direction=desc')).at(-1)).toBeNull()
        expect(times(await list('?order=caller_id_name&search=zoe'))).toEqual([10, 50])
        expect(times(await list('?order=caller_id_name&search=zoe&direction=desc'))).toEqual([50, 10])
      }
    })

    it.each([
      'limit=0',
      'limit=-1',
      'limit=x',
      'offset=-1',
      'order=color',
      'direction=up',
      'voicemail_type=mine',
      'folder=7',
      'unread=maybe',
    ])('1.7 [C]: %s is 400 and names the field', async (parameter) => {
      for (const path of PATHS) {
        const { status, json } = await ask(path, `?${parameter}`, tenant.admin.token)
        expect([status, Object.keys((json as Refusal).details)]).toEqual([400, [parameter.split('=')[0]]])
      }
    })

    it('1.6 [C]: blanks and signs around integers are read, the first of a repeated parameter counts', async () => {
      expect((await own('?limit=%201%20')).items).toHaveLength(1)
      expect((await own('?limit=2&limit=3')).items).toHaveLength(2)
      expect((await ask(PATHS[0] ?? '', '?limit=1_0', anna.api.token)).status).toBe(400)
    })

    it.each(
      ['timestamp', 'id', 'caller_id_name', 'duration'].flatMap((order) => [
        `order=${order}`,
        `order=${order}&direction=desc`,
      ]),
    )('F-21 [B]: cursors walk the whole list once, in its order: %s', async (query) => {
      for (const list of [own, admin]) {
        const whole = (await list(`?${query}`)).items.map(({ id }) => id)
        const walked: string[] = []
        let cursor: string | undefined
        do {
          const page: List = await list(`?${query}&limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`)
          expect(page.total).toBe(5)
          walked.push(...page.items.map(({ id }) => id))
          cursor = page.next_cursor
        } while (cursor !== undefined)
        expect(walked).toEqual(whole)
      }
    })

    it('F-21 [B]: a cursor goes on where it stood though messages arrive and go', async () => {
      const mailbox = await installation.mailbox(tenant, {})
      for (const at of [100, 200, 300]) await leave(mailbox, 'x', at)
      const of = `?voicemail_id=${mailbox.id}&limit=1`
      const first = await admin(of)
      await leave(mailbox, 'earlier', 50)
      await tenant.admin.call('DELETE', `${CALLD}/voicemails/${mailbox.id}/messages/${first.items[0]?.id}`)
      expect(times(await admin(`${of}&cursor=${first.next_cursor}`))).toEqual([200])
      await tenant.admin.call('DELETE', `/api/confd/1.1/voicemails/${mailbox.id}`)
    })

    it('F-21 [B]: a cursor of another order, filter, list or making is 400', async () => {
      const { next_cursor: cursor = '' } = await own('?limit=1&unread=true')
      expect(times(await own('?limit=1&cursor='))).toEqual([10])
      expect((await own(`?limit=1&unread=true&cursor=${cursor}`)).items).toHaveLength(1)
      const forged = Buffer.from('["x",null,"x"]').toString('base64url')
      const foreign = [
        `?limit=1&cursor=${cursor}`,
        `?limit=1&unread=true&direction=desc&cursor=${cursor}`,
        `?cursor=${forged}`,
        '?cursor=%00',
        '?cursor=bm8',
        `?unread=true&offset=1&cursor=${cursor}`,
      ]
      for (const query of foreign) {
        const { status, json } = await ask(PATHS[0] ?? '', query, anna.api.token)
        expect([status, (json as Refusal).error_id], query).toEqual([400, 'invalid-data'])
      }
      expect(
        (await ask(PATHS[1] ?? '', `?limit=1&unread=true&recurse=true&cursor=${cursor}`, tenant.admin.token)).status,
      ).toBe(400)
    })
  })

  describe('folder views (2, 3, 14, 15)', () => {
    it('3.3 [C]: all six folders in their order, newest first, without context and tenant', async () => {
      for (const { path, token } of [
        { path: '/users/me/voicemails', token: anna.api.token },
        { path: `/voicemails/${box.id}`, token: tenant.admin.token },
      ]) {
        const { json } = await ask(path, '', token)
        const view = json as { folders: { id: number; name: string; type: string; messages: Listed[] }[] }
        expect(Object.keys(view)).toEqual(['id', 'name', 'number', 'accesstype', 'external', 'folders'])
        expect(view.folders.map(({ id, name, type }) => `${id} ${name} ${type}`)).toEqual([
          '1 inbox new',
          '2 old old',
          '3 urgent urgent',
          '4 work other',
          '5 family other',
          '6 friends other',
        ])
        expect(view.folders[0]?.messages.map(({ timestamp }) => timestamp)).toEqual([40, 30])
        expect(view.folders[0]?.messages[0]).not.toHaveProperty('folder')
        expect(view.folders[2]?.messages).toMatchObject([{ timestamp: 10, transcription: null }])
        const { json: folder } = await ask(`${path}/folders/1`, '', token)
        expect(folder).toEqual(view.folders[0])
      }
    })

    it.each([
      ['voicemails/x', 400, 'invalid-voicemail-id', { voicemail_id: 'x' }],
      ['voicemails/-1', 400, 'invalid-voicemail-id', { voicemail_id: '-1' }],
      ['voicemails/2000000000', 404, 'no-such-voicemail', { voicemail_id: 2_000_000_000 }],
      ['voicemails/99999999999', 404, 'no-such-voicemail', { voicemail_id: 99_999_999_999 }],
      ['voicemails/x/folders/y', 400, 'invalid-voicemail-id', { voicemail_id: 'x' }],
      ['voicemails/2000000000/folders/9', 404, 'no-such-voicemail-folder', { folder_id: 9 }],
      ['users/me/voicemails/folders/x', 400, 'invalid-voicemail-folder-id', { folder_id: 'x' }],
      ['users/me/voicemails/folders/0', 404, 'no-such-voicemail-folder', { folder_id: 0 }],
      ['voicemails/2000000000/messages/a_b', 400, 'invalid-voicemail-message-id', { message_id: 'a_b' }],
      [
        'users/me/voicemails/messages/1724107750-0000002a',
        404,
        'no-such-voicemail-message',
        { message_id: '1724107750-0000002a' },
      ],
    ])('3.4 [C]: %s is %d %s', async (path, status, error, details) => {
      const answer = await ask(`/${path}`, '', tenant.admin.token)
      expect([answer.status, answer.json]).toEqual([status, expect.objectContaining({ error_id: error, details })])
    })

    it('3.4 [C]: a user without a personal mailbox is 404 no-such-user-voicemail, also where global ones exist', async () => {
      const ben = await installation.account(tenant.uuid)
      for (const path of ['/users/me/voicemails', '/users/me/voicemails/folders/1']) {
        const { status, json } = await ask(path, '', ben.api.token)
        expect([status, json]).toEqual([
          404,
          expect.objectContaining({ error_id: 'no-such-user-voicemail', details: { user_uuid: ben.uuid } }),
        ])
      }
    })
  })

  describe('mailboxes in reach', () => {
    const all = async (person: Person) => (await ask('/users/me/voicemails/all', '', person.api.token)).json

    it('F-54 [B]: lists the own, the global and the shared ones with rights and counts', async () => {
      const ben = await installation.account(tenant.uuid)
      const team = await installation.mailbox(tenant, { name: 'Team' })
      await leave(team, 'x', 1)
      const share = 'INSERT INTO mailbox_member (mailbox_id, tenant_uuid, user_uuid, rights) VALUES ($1, $2, $3, $4)'
      await database.query(share, [team.id, tenant.uuid, ben.uuid, 1 | 2])
      expect(await all(anna)).toEqual({
        items: [
          {
            id: box.id,
            name: 'Anna',
            number: box.number,
            accesstype: 'personal',
            external: null,
            rights: ['listen', 'manage', 'delete', 'greet', 'purge'],
            counts: { new: 3, old: 0, urgent_new: 1, urgent_old: 0 },
          },
          expect.objectContaining({
            id: shared.id,
            rights: ['listen', 'manage', 'delete', 'greet'],
            counts: expect.objectContaining({ new: 1, old: 1 }),
          }),
        ],
        total: 2,
      })
      expect(await all(ben)).toMatchObject({
        total: 2,
        items: [
          { id: shared.id },
          { id: team.id, accesstype: 'personal', rights: ['listen', 'manage'], counts: { new: 1 } },
        ],
      })
      expect(times(await own('?voicemail_type=shared', ben))).toEqual([1])
      expect(times(await own('', ben))).toEqual([1, 20, 50])
    })

    it('F-54 [B]: what somebody else claimed is not new for this user', async () => {
      const ben = await installation.account(tenant.uuid)
      const claim = `UPDATE message SET claimed_by = $1, claim_expires_at = now() + interval '1 hour' WHERE mailbox_id = $2 AND left_at = 20`
      await database.query(claim, [ben.uuid, shared.id])
      expect(await all(anna)).toMatchObject({ items: [{}, { id: shared.id, counts: { new: 0, old: 1 } }] })
      expect(await all(ben)).toMatchObject({ items: [{ id: shared.id, counts: { new: 1, old: 1 } }] })
      await database.query('UPDATE message SET claimed_by = NULL, claim_expires_at = NULL WHERE mailbox_id = $1', [
        shared.id,
      ])
    })

    it('a mailbox shared without the right to listen is named, but shows and lists nothing', async () => {
      const ben = await installation.account(tenant.uuid)
      const team = await installation.mailbox(tenant, { name: 'Blind' })
      await leave(team, 'unheard', 3)
      const share = 'INSERT INTO mailbox_member (mailbox_id, tenant_uuid, user_uuid, rights) VALUES ($1, $2, $3, 2)'
      await database.query(share, [team.id, tenant.uuid, ben.uuid])
      expect(await all(ben)).toMatchObject({
        items: [{ id: shared.id }, { id: team.id, rights: ['manage'], counts: { new: 0, old: 0 } }],
      })
      expect(names(await own('', ben))).not.toContain('unheard')
      expect((await own('?voicemail_type=shared', ben)).total).toBe(0)
    })
  })
})
