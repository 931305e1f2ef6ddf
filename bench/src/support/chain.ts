import { randomUUID } from 'node:crypto'
import { RabbitMqBus } from '@lamplighter/bus'
import { countDrafts, messageDrafts } from '@lamplighter/contracts'
import { type MailboxId, type MessageId, type TenantId, UNHANDLED } from '@lamplighter/domain'
import { createMwid } from '@lamplighter/mwid'
import { createRelay } from '@lamplighter/relayd'
import { createLogger } from '@lamplighter/runtime'
import { computeHa1, SoftPhone } from '@lamplighter/sip'
import { OutboxSignal, onlyTenant } from '@lamplighter/store'
import type { BenchInstallation } from './installation.js'
import { UNPACED } from './unpaced.js'

const log = createLogger('error')

type Change = () => Promise<void>
/** Changes one place and resolves with the milliseconds from its commit to the NOTIFY that shows it. */
export type Place = { readonly change: Change; readonly seen: (count: number) => Promise<number>; count: number }

/** Times at which a phone showed each count or, as bursts are told once, a later one. */
export class Told {
  readonly #at: number[] = []
  readonly #waiting = new Map<number, (at: number) => void>()

  tell(count: number): void {
    const now = performance.now()
    while (this.#at.length <= count) {
      this.#waiting.get(this.#at.length)?.(now)
      this.#at.push(now)
    }
  }

  /** The time at which messages were shown to be at least this many; waits for it. */
  when(count: number): Promise<number> {
    const known = this.#at[count]
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve) => this.#waiting.set(count, resolve))
  }
}

/** Begun together; more would wait for the database longer than a phone waits for its answer. */
const GROUP = 50

/** Does something so many times, a group at a time. */
export async function inGroups<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  while (results.length < times)
    results.push(...(await Promise.all(Array.from({ length: Math.min(GROUP, times - results.length) }, work))))
  return results
}

/** The shipped parts from commit to phone: relay, RabbitMQ, SIP worker, and as many phones with a mailbox each. */
export async function startChain(
  installation: BenchInstallation,
  tenantId: TenantId,
  context: string,
  devices: number,
): Promise<{ places: Place[]; stop: () => Promise<void> }> {
  const bus = new RabbitMqBus(installation.amqpUrl, log)
  const { database, originUuid, nonceKey, peerSecretKey } = installation
  const signal = new OutboxSignal(async () => {})
  const store = installation.store((said) => signal.poke(said))
  const settings = { host: '127.0.0.1', port: 0, accessCodes: ['*97'], notifyRates: UNPACED }
  const mwid = createMwid({
    database,
    store,
    signal,
    bus,
    nonceKey,
    peerSecretKey,
    realm: 'bench',
    originUuid,
    settings,
    log,
  })
  const relay = createRelay({ databaseUrl: database.url, bus, signal, log })
  await bus.start()
  await mwid.start()
  await relay.start()
  const port = mwid.ports?.UDP ?? 0
  const phones: SoftPhone[] = []
  const begin = async (): Promise<Place> => {
    const mailbox = await installation.mailbox(tenantId, context)
    const username = `d${randomUUID().slice(0, 8)}`
    const ha1 = (algorithm: 'MD5' | 'SHA-256') => computeHa1(algorithm, username, 'bench', 'bench-password')
    const credentials = {
      sipRealm: 'bench',
      ha1Md5: ha1('MD5'),
      ha1Sha256: ha1('SHA-256'),
      domainHa1Md5: {},
      domainHa1Sha256: {},
    }
    const fields = {
      userUuid: null,
      name: null,
      sipUsername: username,
      digestAlgorithm: 'MD5',
      mwiMode: 'auto',
      profile: 'default',
      aggregate: true,
      messageAccount: null,
      mailboxes: [mailbox],
    } as const
    await store.configuration(onlyTenant(tenantId)).devices.create(randomUUID() as never, tenantId, fields, credentials)
    const told = new Told()
    const phone = new SoftPhone(
      { username, password: 'bench-password', server: { host: '127.0.0.1', port } },
      { onLamp: ({ counts }) => told.tell(counts?.new ?? -1) },
    )
    phones.push(phone)
    await phone.start()
    await phone.subscribe()
    await told.when(0)
    return { change: () => deposit(mailbox), seen: (count: number) => told.when(count), count: 0 }
  }
  const places = await inGroups(devices, begin)
  async function deposit(mailbox: MailboxId): Promise<void> {
    await store.changeMessages(onlyTenant(tenantId), async ({ summaries, writer, outbox }) => {
      const audience = await summaries.lock(mailbox)
      if (!audience) throw new Error('no mailbox')
      const id = randomUUID() as MessageId
      const facts = {
        callerIdName: 'Bench',
        callerIdNum: '1',
        leftAt: 1,
        durationMs: 3000,
        audioKey: id,
        audioBytes: 48_000,
        audioSha256: null,
        transcription: null,
        ...UNHANDLED,
      }
      const change = await writer(audience).insert({
        id,
        tenantId,
        mailboxId: mailbox,
        folderId: 1,
        urgent: false,
        ...facts,
      })
      outbox.add([...messageDrafts('created', change.message, change.audience), ...countDrafts(change.audience)])
    })
  }
  const stop = async () => {
    for (const phone of phones) await phone.stop()
    await relay.stop()
    await mwid.stop()
    await bus.stop()
  }
  return { places, stop }
}
