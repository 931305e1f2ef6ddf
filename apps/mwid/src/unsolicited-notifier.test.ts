import type { DeviceId, MailboxId, TenantId } from '@lamplighter/domain'
import { type SipRequest, VirtualClock } from '@lamplighter/sip'
import type {
  RememberedContact,
  SipDevice,
  StoredContact,
  StoredSubscription,
  WatchedMailbox,
} from '@lamplighter/store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_RATES, NotifyPacer } from './notify-pacer.js'
import { UnsolicitedNotifier } from './unsolicited-notifier.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const DEVICE = {
  uuid: 'd' as DeviceId,
  tenantId: 't' as TenantId,
  mwiMode: 'auto',
  profile: 'default',
  aggregate: true,
  messageAccount: null,
} as SipDevice

function mailbox(unread: number): WatchedMailbox {
  return {
    deviceId: DEVICE.uuid,
    tenantId: DEVICE.tenantId,
    mwiMode: 'auto',
    watched: true,
    blocked: false,
    acknowledged: undefined,
    mailboxId: 7 as MailboxId,
    number: '1001',
    own: true,
    revision: 1,
    summary: { new: unread, old: 0, urgentNew: 0, urgentOld: 0 },
  }
}

/** One device at two phones, each at its own port, under a virtual time; a phone answers as `answers` says. */
class Simulation {
  readonly answers = [200, 200]
  /** What each phone shows: the last count it answered 200 to. */
  readonly shows: (number | undefined)[] = [undefined, undefined]
  /** NOTIFYs per phone, of whatever answer; and those accepted since the last change, by their way. */
  readonly asked = [0, 0]
  readonly ways: ('unsolicited' | 'subscription')[][] = [[], []]
  readonly clock = new VirtualClock()
  readonly #subscriptions = new Map<number, { row: StoredSubscription }>()
  readonly #remembered = new Map<string, RememberedContact>()
  readonly #registered = new Map<number, boolean>()
  #unread = 0
  #starts = 0
  readonly notifier: UnsolicitedNotifier

  constructor() {
    this.notifier = new UnsolicitedNotifier({
      stack: () => ({
        address: '192.0.2.1:5060',
        contact: (user) => `<sip:${user}@192.0.2.1>`,
        request: (request, to) => this.#deliver(request, to.port),
      }),
      clock: this.clock,
      pacer: new NotifyPacer(DEFAULT_RATES, this.clock),
      wallMs: () => this.clock.now(),
      accessCode: '*97',
      metrics: { notified: () => {} },
      ledger: { record: () => {}, trace: { decide: () => [], settle: () => {} } as never },
      subscriptions: () => [...this.#subscriptions.values()],
      recheck: () => this.look(),
      remember: (contact) => this.#remembered.set(contact.binding, contact),
      retell: () => {
        for (const [phone, subscription] of this.#subscriptions) this.#tell(phone, subscription, true)
      },
      end: () => {},
    })
  }

  get unread(): number {
    return this.#unread
  }

  isRegistered(phone: number): boolean {
    return this.#registered.has(phone)
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Time goes on in steps, so that answers come between the timers. */
  async pass(ms: number, stepMs = ms): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(stepMs)
      await this.settle()
    }
  }

  look(): void {
    const watched = [mailbox(this.#unread)]
    for (const [phone, subscription] of this.#subscriptions) this.#tell(phone, subscription)
    this.notifier.changed(DEVICE.uuid, watched)
  }

  change(): void {
    this.#unread++
    for (const way of this.ways) way.length = 0
    this.look()
  }

  register(phone: number, fresh: boolean): void {
    const anew = fresh || !this.#registered.has(phone)
    if (anew) {
      this.shows[phone] = undefined
      this.#starts++
    }
    this.#registered.set(phone, true)
    this.notifier.registered(
      DEVICE,
      [{ contact: this.#contact(phone), from: { host: 'h', port: phone }, fresh: anew }],
      [],
    )
  }

  unregister(phone: number): void {
    this.unsubscribe(phone)
    if (this.#registered.delete(phone)) this.notifier.registered(DEVICE, [], [String(phone)])
  }

  subscribe(phone: number): void {
    // A subscription of a phone that is nowhere registered might be of any.
    if (!this.#registered.has(phone)) return
    const row = {
      deviceId: DEVICE.uuid,
      instance: null,
      remoteHost: 'h',
      remotePort: phone,
      dialog: { remoteTarget: 'sip:x', routeSet: [] },
    }
    const subscription = { row: row as unknown as StoredSubscription }
    this.#subscriptions.set(phone, subscription)
    this.notifier.subscriptionsChanged(DEVICE.uuid)
    this.#tell(phone, subscription)
  }

  unsubscribe(phone: number): void {
    if (this.#subscriptions.delete(phone)) this.notifier.subscriptionsChanged(DEVICE.uuid)
  }

  /** The subscription side, in one word: what it says is acknowledged at once. */
  #tell(phone: number, subscription: { row: StoredSubscription }, again = false): void {
    if (!again && this.shows[phone] === this.#unread) return
    this.shows[phone] = this.#unread
    this.ways[phone]?.push('subscription')
    const body = `Messages-Waiting: ${this.#unread > 0 ? 'yes' : 'no'}\r\nMessage-Account: sip:*97@192.0.2.1:5060\r\nVoice-Message: ${this.#unread}/0 (0/0)\r\n`
    this.notifier.shown(subscription, { body, tag: [mailbox(this.#unread)] })
  }

  async #deliver({ body }: SipRequest, phone: number) {
    this.asked[phone] = (this.asked[phone] ?? 0) + 1
    await Promise.resolve()
    const status = this.answers[phone] ?? 200
    if (status === 408) return { type: 'failed', reason: 'timeout' } as const
    if (status === 200) {
      this.shows[phone] = Number(/Voice-Message: (\d+)/.exec(body.toString())?.[1])
      this.ways[phone]?.push('unsolicited')
    }
    const headers = { get: () => undefined } as unknown as SipRequest['headers']
    const response = { kind: 'response', status, reason: '', headers, body: Buffer.alloc(0) } as const
    return { type: 'response', response } as const
  }

  #contact(phone: number): StoredContact {
    const remembered = this.#remembered.get(String(phone))
    return {
      deviceId: DEVICE.uuid,
      binding: String(phone),
      uri: `sip:phone${phone}@h:${phone}`,
      instance: null,
      regId: null,
      path: [],
      callId: String(this.#starts),
      cseq: 1,
      addressOfRecord: 'sip:d@h',
      transport: 'UDP',
      remoteHost: 'h',
      remotePort: phone,
      flowBound: false,
      userAgent: null,
      expiresAt: new Date(this.clock.now() + 30 * DAY_MS),
      acknowledgedBody: null,
      refusedUntil: remembered?.refusedUntil ?? null,
    }
  }
}

describe('telling devices without a subscription', () => {
  it('asks who answers 489 for ever twice in 24 hours, though it registers every minute', async () => {
    const one = new Simulation()
    one.answers[0] = 489
    for (let minute = 0; minute <= 24 * 60; minute++) {
      if (minute % 7 === 3) one.unregister(0)
      one.register(0, minute % 5 === 0)
      one.change()
      await one.settle()
      if (minute < 24 * 60) await one.pass(MINUTE_MS)
    }
    expect(one.asked[0]).toBe(2)
  })

  it('leaves every phone right when it is quiet, and tells no change both ways', async () => {
    const phone = fc.integer({ min: 0, max: 1 })
    const event = fc.oneof(
      fc.record({ type: fc.constant('change' as const) }),
      fc.record({ type: fc.constant('register' as const), phone, fresh: fc.boolean() }),
      fc.record({ type: fc.constant('unregister' as const), phone }),
      fc.record({ type: fc.constant('subscribe' as const), phone }),
      fc.record({ type: fc.constant('unsubscribe' as const), phone }),
      fc.record({
        type: fc.constant('answer' as const),
        phone,
        status: fc.constantFrom(200, 408, 480, 481, 489, 403, 503),
      }),
      fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(50, 300, 40_000) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), fc.boolean(), async (events, settles) => {
        const one = new Simulation()
        for (const happening of events) {
          if (happening.type === 'change') one.change()
          else if (happening.type === 'register') one.register(happening.phone, happening.fresh)
          else if (happening.type === 'unregister') one.unregister(happening.phone)
          else if (happening.type === 'subscribe') one.subscribe(happening.phone)
          else if (happening.type === 'unsubscribe') one.unsubscribe(happening.phone)
          else if (happening.type === 'answer') one.answers[happening.phone] = happening.status
          else await one.pass(happening.ms)
          if (settles) await one.settle()
        }
        one.answers.fill(200)
        // Who refused last is asked again within a day; nothing else takes as long.
        await one.pass(DAY_MS + 2 * MINUTE_MS, 20 * MINUTE_MS)
        for (const each of [0, 1]) if (one.isRegistered(each)) expect(one.shows[each]).toBe(one.unread)
        one.change()
        await one.pass(1000, 100)
        for (const each of [0, 1]) expect(one.ways[each]?.length ?? 0).toBeLessThanOrEqual(1)
        for (const each of [0, 1]) if (one.isRegistered(each)) expect(one.shows[each]).toBe(one.unread)
        one.notifier.stop()
      }),
      { numRuns: 500 },
    )
  }, 60_000)
})
