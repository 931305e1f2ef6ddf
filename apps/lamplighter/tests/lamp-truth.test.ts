import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hashSecret } from '@lamplighter/access'
import type { TenantId } from '@lamplighter/domain'
import { ADMIN_POLICY_SLUG, type Database, openDatabase, Provisioning, USER_POLICY_SLUG } from '@lamplighter/store'
import {
  createTestDatabase,
  type FleetPhone,
  freePort,
  PhoneFleet,
  type PhoneHabit,
  type TestDatabase,
  takeTestVhost,
  waitFor,
} from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { savePolicies } from '../src/setup.js'
import { reportOf } from './lamp-report.js'
import { LamplighterProcess } from './process.js'
import { testEnvironment, wav } from './support.js'

/** `npm run chaos:lamps` says more. */
const ASKED_FOR = process.env['LAMPLIGHTER_TRUTH_DEVICES']
const DEVICES = Number(ASKED_FOR ?? 100)
const SECONDS = Number(process.env['LAMPLIGHTER_TRUTH_SECONDS'] ?? 16)
const SEED = Number(process.env['LAMPLIGHTER_TRUTH_SEED'] ?? Date.now() % 1_000_000)
/**
 * After this much quiet every lamp must be right. Among the other tests the machine is busy, and a phone may have lost all
 * eleven copies of a NOTIFY: it is asked again half a minute after the 32 s that takes.
 */
const QUIET_MS = ASKED_FOR === undefined ? 90_000 : 30_000
/** For phones that were still asking to be told then. */
const LAST = { what: 'phones that were heard late to be right', timeoutMs: 120_000, intervalMs: 1000 }
const LOSS = 0.2
const WORKERS = 2
const KILL_EVERY_MS = 4000
const ACTORS = 6
const PASSWORD = 'a-sip-password'
/** Of ten devices, how they are told; `off` is told nothing and must show nothing. */
const MODES = ['auto', 'auto', 'auto', 'solicited', 'solicited', 'unsolicited', 'unsolicited', 'auto', 'auto', 'off']
const HABITS: readonly PhoneHabit[] = [
  'subscribes',
  'both',
  'registers',
  'subscribes',
  'both',
  'registers',
  'registers',
  'both',
  'registers',
  'registers',
]

/** What each device may see that is unread, counted from the messages themselves and not from any summary. */
const TRUTH = `
  WITH watches AS (
    SELECT d.uuid, d.user_uuid, w.mailbox_id FROM device d JOIN device_mailbox w ON w.device_uuid = d.uuid WHERE d.lists_mailboxes
    UNION
    SELECT d.uuid, d.user_uuid, m.id FROM device d JOIN mailbox m ON m.tenant_uuid = d.tenant_uuid
    WHERE NOT d.lists_mailboxes AND (m.accesstype = 'global'
      OR EXISTS (SELECT 1 FROM mailbox_user u WHERE u.mailbox_id = m.id AND u.user_uuid = d.user_uuid)))
  SELECT d.sip_username AS username, d.mwi_mode AS mode, count(g.id)::int AS new
  FROM device d
    LEFT JOIN watches w ON w.uuid = d.uuid
    LEFT JOIN mailbox m ON m.id = w.mailbox_id AND m.enabled AND m.deleted_at IS NULL
    LEFT JOIN mwi_policy p ON p.uuid = m.mwi_policy_uuid
    LEFT JOIN message g ON g.mailbox_id = m.id AND p.allow_mwi IS NOT FALSE AND g.deleted_at IS NULL AND g.folder_id IN (1, 3)
      AND (g.claimed_by IS NULL OR g.claimed_by = w.user_uuid)
  GROUP BY d.sip_username, d.mwi_mode`

/** Mulberry32: a small generator that a printed seed repeats. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Box = { readonly id: number; readonly messages: string[] }
type Device = { readonly uuid: string; readonly username: string; readonly mode: string; readonly habit: PhoneHabit }

/**
 * Thousands of phones in every mode on a network that loses a fifth of all datagrams, two SIP workers of which the active
 * one is killed again and again, and mailboxes that change all the time by every way there is. After a while of quiet
 * every lamp shows what its device may see.
 */
describe('lamps under faults', () => {
  const random = randomFrom(SEED)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  let disposable: TestDatabase
  let database: Database
  let directory: string
  let env: Record<string, string>
  let url: string
  let sipPort: number
  let api: LamplighterProcess
  let workers: LamplighterProcess[]
  let fleet: PhoneFleet
  let admin: ApiClient
  let user: ApiClient
  let policy: string
  const boxes: Box[] = []
  const shared: Box[] = []
  const devices: Device[] = []

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url)
    directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-truth-'))
    const http = await freePort()
    sipPort = await freePort()
    url = `http://127.0.0.1:${http}`
    const ports = { LAMPLIGHTER_HTTP_PORT: String(http), LAMPLIGHTER_SIP_PORT: String(sipPort) }
    env = testEnvironment(disposable.url, directory, {
      ...ports,
      AMQP_URL: (await takeTestVhost()).url,
      LAMPLIGHTER_LOG_LEVEL: 'fatal',
    })
    api = new LamplighterProcess(['serve', 'authd', 'confd', 'calld', 'relayd'], env)
    await api.healthy(url)
    await provision()
    workers = Array.from({ length: WORKERS }, newWorker)
  }, 600_000)
  afterAll(async () => {
    await fleet?.stop()
    for (const worker of workers ?? []) await worker.kill()
    await api?.kill()
    await database?.close()
    await disposable?.drop()
    if (directory) await rm(directory, { recursive: true, force: true })
  })

  /** A SIP worker: both have the same SIP port, and the active one has it. */
  function newWorker(): LamplighterProcess {
    return new LamplighterProcess(['serve', 'mwid'], { ...env, LAMPLIGHTER_HTTP_PORT: '0' })
  }

  async function provision(): Promise<void> {
    const provisioning = new Provisioning(database)
    const installation = await provisioning.installation()
    if (!installation) throw new Error('there is no installation')
    const tenantId = await provisioning.createTenant({ name: 'x', slug: 'x', parent: installation.masterTenant })
    await savePolicies(provisioning, tenantId)
    admin = await account(provisioning, tenantId, 'admin', ADMIN_POLICY_SLUG)
    user = await account(provisioning, tenantId, 'user', USER_POLICY_SLUG)
    const { name: context } = await admin.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'x' })
    policy = (await admin.call<{ uuid: string }>('POST', '/api/confd/1.1/mwi-policies', { name: 'p' })).uuid
    for (let number = 0; number < Math.max(20, DEVICES / 10); number++) {
      const fields = {
        name: 'b',
        number: String(1000 + number),
        context,
        ...(number % 5 === 0 && { mwi_policy_uuid: policy }),
      }
      boxes.push({ ...(await admin.call<Box>('POST', '/api/confd/1.1/voicemails', fields)), messages: [] })
    }
    const global = { name: 'g', number: '1', context, accesstype: 'global' }
    shared.push({ ...(await admin.call<Box>('POST', '/api/confd/1.1/voicemails', global)), messages: [] })
    for (let index = 0; index < DEVICES; index++) devices.push(await device(index))
  }

  async function account(provisioning: Provisioning, tenantId: TenantId, username: string, policySlug: string) {
    const facts = { tenantId, username, firstname: username, policies: [policySlug] }
    await provisioning.saveAccount({ ...facts, passwordHash: await hashSecret('pw') })
    return ApiClient.logIn(url, username, 'pw')
  }

  /** Every twentieth device watches what its tenant shares, the others a few mailboxes. */
  async function device(index: number): Promise<Device> {
    const mode = MODES[index % MODES.length] as string
    const habit = HABITS[index % HABITS.length] as PhoneHabit
    const voicemails = index % 20 === 1 ? null : someBoxes()
    const username = `d${index}`
    const body = { sip_username: username, sip_password: PASSWORD, mwi_mode: mode, voicemails }
    const { uuid } = await admin.call<{ uuid: string }>('POST', '/api/confd/1.1/devices', body)
    return { uuid, username, mode, habit }
  }

  function someBoxes(): number[] {
    return [...new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(boxes).id))]
  }

  /** One random change, over REST like anybody else's. */
  async function change(): Promise<void> {
    const box = random() < 0.1 ? pick(shared) : pick(boxes)
    const what = random()
    const message = pick(box.messages)
    const at = `/api/calld/1.0/voicemails/${box.id}/messages/${message}`
    if (what < 0.4 || message === undefined) {
      const { id } = await admin.deposit<{ id: string }>(box.id, wav(50), {})
      box.messages.push(id)
    } else if (what < 0.6) await admin.call('PUT', at, { folder_id: random() < 0.5 ? 2 : 1 })
    else if (what < 0.75) {
      box.messages.splice(box.messages.indexOf(message), 1)
      await admin.call('DELETE', at)
    } else if (what < 0.85) await claim(box, message)
    else if (what < 0.95)
      await admin.call('PUT', `/api/confd/1.1/devices/${pick(devices).uuid}`, { voicemails: someBoxes() })
    else await admin.call('PUT', `/api/confd/1.1/mwi-policies/${policy}`, { allow_mwi: random() < 0.5 })
  }

  async function claim(box: Box, message: string): Promise<void> {
    const at = shared.includes(box)
      ? `/api/calld/1.0/users/me/voicemails/messages/${message}/claim`
      : `/api/calld/1.0/voicemails/${box.id}/messages/${message}/claim`
    const who = shared.includes(box) ? user : admin
    await who.call(random() < 0.6 ? 'POST' : 'DELETE', at)
  }

  /** Changes until told to stop; what is refused (two at one message) is no change. */
  async function act(goOn: () => boolean): Promise<{ changes: number; refused: number }> {
    const done = { changes: 0, refused: 0 }
    while (goOn()) {
      await change().then(
        () => done.changes++,
        () => done.refused++,
      )
      await delay(5)
    }
    return done
  }

  /** Kills a worker, whichever is active, and starts another. */
  async function killWorkers(goOn: () => boolean): Promise<number> {
    let kills = 0
    while (goOn()) {
      await delay(KILL_EVERY_MS)
      const at = kills % WORKERS
      await workers[at]?.kill()
      workers[at] = newWorker()
      kills++
    }
    return kills
  }

  async function wrongLamps(): Promise<string[]> {
    const { rows } = await database.pool.query<{ username: string; mode: string; new: number }>(TRUTH)
    const shown = new Map<string, FleetPhone>(fleet.phones.map((phone) => [phone.username, phone]))
    return rows.flatMap(({ username, mode, new: waiting }) => {
      const phone = shown.get(username)
      if (mode === 'off') return phone?.shown === undefined ? [] : [`${username} is off and was told ${phone.shown}`]
      if ((phone?.shown ?? 0) === waiting) return []
      return [`${username} (${mode}, ${phone?.habit}) shows ${phone?.shown}, ${waiting} wait`]
    })
  }

  it(`${DEVICES} phones, a fifth of all datagrams lost, workers killed, for ${SECONDS} s: after a while of quiet every lamp is right (seed ${SEED})`, async () => {
    const accounts = devices.map(({ username, habit }) => ({ username, password: PASSWORD, habit }))
    fleet = new PhoneFleet({ host: '127.0.0.1', port: sipPort }, accounts, () => random() < LOSS)
    await fleet.start()
    let going = true
    const goOn = () => going
    const actors = Array.from({ length: ACTORS }, () => act(goOn))
    const killer = killWorkers(goOn)
    await delay(SECONDS * 1000)
    going = false
    const done = await Promise.all(actors)
    const kills = await killer
    const quietFrom = performance.now()
    const right = waitFor(async () => (await wrongLamps()).length === 0, {
      what: 'every lamp to be right',
      timeoutMs: QUIET_MS,
      intervalMs: 1000,
    })
    const late = await right.then(() => [], wrongLamps)
    const convergedSec = (performance.now() - quietFrom) / 1000
    const asking = new Set(fleet.phones.filter((phone) => phone.asking > 0).map(({ username }) => username))
    const wrong = late.filter((one) => !asking.has(one.split(' ')[0] ?? ''))
    const changes = done.reduce((sum, one) => sum + one.changes, 0)
    const taken = fleet.phones.reduce((sum, phone) => sum + phone.taken, 0)
    console.log(
      `lamps: seed ${SEED}, ${DEVICES} devices, ${changes} changes, ${kills} workers killed, ${taken} NOTIFYs taken, ` +
        `${wrong.length} wrong after ${convergedSec.toFixed(1)} s of quiet, ${late.length - wrong.length} still asking to be told`,
    )
    const suspects = fleet.phones.filter(({ username }) => wrong.some((one) => one.startsWith(`${username} `)))
    if (suspects.length > 0) console.log(await reportOf(database, suspects))
    expect(wrong).toEqual([])
    // Whose SUBSCRIBE was lost eleven times nobody can tell; it is right once it is heard.
    if (late.length > 0) await waitFor(async () => (await wrongLamps()).length === 0, LAST)
    expect(changes).toBeGreaterThan(SECONDS)
    expect(kills).toBeGreaterThan(1)
  }, 3_600_000)
})
