import { type Database, openDatabase } from '@lamplighter/store'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Chance } from './chaos/chance.js'
import { CountsBelief, type Said } from './counts-belief.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const SEED = Number(process.env['LAMPLIGHTER_COUNTS_SEED'] ?? Date.now() % 1_000_000)
const STEPS = Number(process.env['LAMPLIGHTER_COUNTS_STEPS'] ?? 150)
const CONFD = '/api/confd/1.1'
const CALLD = '/api/calld/1.0'
const CALLER = '0123'
const GUEST = 'Guest'

/** What an event is about. */
const ABOUT = ['user_uuid', 'voicemail_id', 'message_id', 'percent', 'greeting', 'version']

/** One request: who asks for what. */
type Call = {
  readonly by: string
  readonly method: string
  readonly path: string
  readonly body?: object | Uint8Array<ArrayBuffer>
}

/** Where a mailbox is, and the ids of its messages. */
type Found = {
  readonly tenant: string
  readonly deleted: boolean
  readonly present: readonly string[]
  readonly trashed: readonly string[]
}

/** Seed and steps, for whoever wants more or the same again: LAMPLIGHTER_COUNTS_SEED, LAMPLIGHTER_COUNTS_STEPS. */
describe(`who believes only the events of counts, seed ${SEED}`, () => {
  const chance = new Chance(SEED)
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  let child: Tenant
  let people: Person[]
  let boxes: Voicemail[]
  let belief: CountsBelief
  let heard = 0
  const trail: string[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
    tenant = await installation.tenant()
    child = await installation.tenant(tenant.uuid)
    people = []
    for (const { uuid } of [tenant, tenant, tenant, child]) people.push(await installation.account(uuid))
    const [anna, bob] = people as [Person, Person]
    belief = new CountsBelief(
      [tenant.uuid, tenant.uuid, tenant.uuid, child.uuid],
      people.map(({ uuid }) => uuid),
    )
    boxes = [
      await installation.mailbox(tenant, {}, [anna, bob]),
      await installation.mailbox(tenant, { accesstype: 'global' }),
      await installation.mailbox(tenant, { max_messages: 5 }),
      await installation.mailbox(child, {}, people.slice(3)),
    ]
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })

  const oneOf = <T>(items: readonly T[]) => items[chance.below(items.length)] as T
  const admin = (method: string, path: string, body?: Call['body']): Call => ({
    by: tenant.admin.token,
    method,
    path,
    ...(body ? { body } : {}),
  })

  /** What was said since this was asked last, in the order in which it was. */
  async function said(): Promise<Said[]> {
    const { rows } = await database.pool.query<{ id: string; tenant: string; body: string; name: string }>(
      'SELECT id, name, tenant_uuid::text AS tenant, body FROM event WHERE id > $1 ORDER BY id',
      [heard],
    )
    heard = Number(rows.at(-1)?.id ?? heard)
    return rows.map(({ tenant: from, name, body }) => ({ tenant: from, name, data: JSON.parse(body).data }))
  }

  async function send({ by, method, path, body }: Call): Promise<number> {
    const raw = body instanceof Uint8Array
    const sent = body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }
    const init = { method, token: by, ...(raw ? { headers: { 'content-type': 'audio/wav' } } : {}), ...sent }
    const { status, text } = await request(`${installation.url}${path}`, init)
    trail.push(`${method} ${path} ${raw ? '' : JSON.stringify(body ?? '')} ${status}`)
    expect(status, `${trail.slice(-1)} ${text}`).toBeLessThan(500)
    return status
  }

  /** Where a mailbox is now, and what lies in it. */
  async function found({ id }: Voicemail): Promise<Found> {
    const { rows } = await database.pool.query<Found>(
      `SELECT tenant_uuid::text AS tenant, deleted_at IS NOT NULL AS deleted,
         ARRAY(SELECT g.id::text FROM message g WHERE g.mailbox_id = m.id AND g.deleted_at IS NULL ORDER BY g.id) AS present,
         ARRAY(SELECT g.id::text FROM message g WHERE g.mailbox_id = m.id AND g.deleted_at IS NOT NULL ORDER BY g.id) AS trashed
       FROM mailbox m WHERE m.id = $1`,
      [id],
    )
    return rows[0] as Found
  }

  function deposit({ id }: Voicemail, by: string): Call {
    const query = new URLSearchParams({ caller_id_num: oneOf([CALLER, '9']), urgent: oneOf(['true', 'false']) })
    return { by, method: 'POST', path: `${CALLD}/voicemails/${id}/messages?${query}`, body: wav(10) }
  }

  /** Something done to a message, by an administrator or by somebody to whom it may be out of reach. */
  async function onMessage(): Promise<Call> {
    const box = oneOf(boxes)
    const { tenant: where, deleted, present, trashed } = await found(box)
    const { admin: keeper } = where === tenant.uuid ? tenant : child
    if (deleted) return admin('PUT', `${CONFD}/voicemails/${box.id}/restore`)
    if (present.length < 2 || chance.below(4) === 0) return deposit(box, keeper.token)
    const by = oneOf([keeper, keeper, ...people.map(({ api }) => api)]).token
    const all = `${CALLD}/${by === keeper.token ? `voicemails/${box.id}` : 'users/me/voicemails'}/messages`
    if (trashed.length > 0 && chance.below(8) === 0)
      return { by, method: 'PUT', path: `${all}/${oneOf(trashed)}/restore` }
    const one = `${all}/${oneOf([...present, ...present, ...trashed])}`
    const bulk = oneOf([{ action: 'move', folder_id: oneOf([1, 2, 3]) }, { action: 'delete' }])
    const to = [...new Set([oneOf(boxes).id, oneOf(boxes).id])]
    const [method, path, body] = oneOf<[string, string, object?]>([
      ['PUT', one, { folder_id: oneOf([1, 2, 3, 4]) }],
      ['PUT', `${one}/flags`, { unread: oneOf([true, false]), priority: oneOf(['urgent', 'normal']) }],
      ['PUT', `${one}/claim`],
      ['PUT', `${one}/claim`],
      ['PUT', `${one}/claim`],
      ['DELETE', `${one}/claim`],
      ['PUT', `${one}/status`, { status: oneOf(['open', 'done']) }],
      ['PUT', `${one}/transcription`, { text: oneOf(['hello', 'goodbye']) }],
      ['DELETE', `${one}/transcription`],
      ['DELETE', one],
      ['DELETE', `${one}?purge=true`],
      ['PUT', `${one}/hold`],
      ['DELETE', `${one}/hold`],
      ['POST', `${one}/forward`, { voicemail_ids: to, keep: oneOf([true, false]) }],
      ['POST', `${all}/bulk`, { ...bulk, ids: chance.shuffled(present).slice(0, 3) }],
    ])
    return { by, method, path, ...(body ? { body } : {}) }
  }

  /** A user who came and may go again. */
  async function someGuest(): Promise<string | undefined> {
    const { rows } = await database.pool.query<{ uuid: string }>(
      'SELECT uuid::text FROM "user" WHERE firstname = $1 ORDER BY uuid',
      [GUEST],
    )
    return rows.length > 0 ? oneOf(rows).uuid : undefined
  }

  /** Something done to a mailbox: who has it, how it is, whether there is one. */
  async function onMailbox(): Promise<Call> {
    const guest = await someGuest()
    const box = oneOf(boxes)
    const path = `${CONFD}/voicemails/${box.id}`
    const { uuid } = oneOf(people)
    const rights = oneOf([['listen'], ['manage'], ['listen', 'manage', 'delete', 'purge']])
    const context = oneOf([tenant, tenant, child]).context
    const fields = [
      { enabled: true },
      { enabled: false },
      { accesstype: oneOf(['global', 'personal']) },
      { accesstype: oneOf(['global', 'personal']), enabled: oneOf([true, false]) },
      { context, accesstype: oneOf(['global', 'personal']) },
      { context },
      { max_messages: oneOf([3, 5, null]) },
    ]
    const [method, where, body] = oneOf<[string, string, object?]>([
      ['PUT', path, oneOf(fields)],
      ['PUT', path, oneOf(fields)],
      ['PUT', path, oneOf(fields)],
      ['PUT', `${CONFD}/users/${uuid}/voicemails/${box.id}`],
      ['PUT', `${CONFD}/users/${uuid}/voicemails/${box.id}`],
      ['DELETE', `${CONFD}/users/${uuid}/voicemails`],
      ['PUT', `${path}/members/${oneOf([uuid, 'everyone'])}`, { rights }],
      ['PUT', `${path}/members/${oneOf([uuid, 'everyone'])}`, { rights }],
      ['DELETE', `${path}/members/${oneOf([uuid, 'everyone'])}`],
      [
        'PUT',
        `${path}/members`,
        {
          items: oneOf([
            [],
            [
              { user_uuid: null, rights },
              { user_uuid: uuid, rights },
            ],
          ]),
        },
      ],
      ['DELETE', path],
      ['PUT', `${path}/restore`],
      ['PUT', `${path}/restore`, { context }],
      ['POST', `${path}/reset`],
      ['POST', `${CONFD}/users`, { firstname: GUEST, voicemail: { id: box.id } }],
      ['DELETE', guest ? `${CONFD}/users/${guest}?recursive=true` : path],
      ['PUT', `${CONFD}/users/${uuid}?recursive=true`, { voicemail: oneOf([null, { id: box.id }]) }],
      ['POST', `${CALLD}/voicemails/erasures`, { caller_id_num: CALLER }],
    ])
    return admin(method, where, body)
  }

  async function lapse(): Promise<void> {
    trail.push('claims run out')
    const held = `SELECT FROM message g JOIN mailbox m ON m.id = g.mailbox_id
      WHERE g.claimed_by IS NOT NULL AND m.deleted_at IS NULL`
    await database.pool.query('UPDATE message SET claim_expires_at = now() WHERE claimed_by IS NOT NULL')
    const left = async () => (await database.pool.query(held)).rowCount === 0 || undefined
    await waitFor(left, { what: 'the claims to lapse' })
    await database.pool.query(
      `UPDATE message SET claim_expires_at = now() + interval '1 hour' WHERE claimed_by IS NOT NULL`,
    )
  }

  /** Nothing is said twice, of a refused request nothing is said, and nothing is new but what was left or copied. */
  function check({ method, path }: Call, status: number, events: readonly Said[]): void {
    const told = keysOf(events)
    expect(told, 'said twice').toEqual([...new Set(told)])
    if (status >= 400) expect(named(told, '_', '_message_rejected'), 'of a refusal').toEqual([])
    const isArrival = method === 'POST' && (path.includes('/messages?') || path.endsWith('/forward'))
    if (!isArrival) expect(named(told, '_message_created'), 'created').toEqual([])
  }

  /** A request, what it says, and that the same once more says nothing. */
  async function doOne(call: Call): Promise<void> {
    const status = await send(call)
    const events = await said()
    belief.hear(chance.shuffled(events))
    check(call, status, events)
    // To claim again is to prolong.
    if (call.method !== 'PUT' || status >= 300 || call.path.endsWith('/claim')) return
    await send(call)
    expect(keysOf(await said()), 'said again').toEqual([])
  }

  /** Requests at once: whoever is first, nobody is told two counts of one version. */
  async function doAtOnce(calls: readonly Call[]): Promise<void> {
    await Promise.all(calls.map(send))
    const events = await said()
    belief.hear(chance.shuffled(events))
    const counts = named(keysOf(events), '_mwi_updated')
    expect(counts, 'counted twice').toEqual([...new Set(counts)])
  }

  async function agree(): Promise<void> {
    for (const [index, { api }] of people.entries()) {
      const path = `${CALLD}/users/me/voicemails/mwi?voicemail_type=all`
      const { new: unread, old, urgent_new, urgent_old } = await api.call<Record<string, number>>('GET', path)
      expect([index, belief.of(index)]).toEqual([index, { new: unread, old, urgent_new, urgent_old }])
    }
  }

  async function doSomething(): Promise<void> {
    const any = oneOf([onMessage, onMessage, onMailbox])
    const kind = chance.below(20)
    if (kind === 0) await lapse()
    else if (kind < 5) await doAtOnce([await any(), await any(), await onMessage()])
    else await doOne(await any())
    belief.hear(await said())
    await agree()
  }

  it('believes what REST says, after every change and in whatever order the events of it come', async () => {
    belief.hear(await said())
    for (let step = 0; step < STEPS; step++) {
      await doSomething().catch((cause: unknown) => {
        throw new Error(trail.slice(-12).join('\n'), { cause })
      })
    }
  }, 300_000)
})

/** Each event as one line: what happened, to whom it is told and what it is about. */
function keysOf(events: readonly Said[]): string[] {
  return events.map(({ tenant, name, data }) => [name, tenant, ...ABOUT.map((key) => data[key])].join(' '))
}

function named(keys: readonly string[], part: string, but?: string): string[] {
  return keys.filter((key) => key.includes(part) && !(but && key.includes(but)))
}
