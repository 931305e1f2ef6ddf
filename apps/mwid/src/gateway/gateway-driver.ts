import { createHash } from 'node:crypto'
import { EMPTY_SUMMARY, isLampLit, type LampCause, type MailboxId, sameSummary } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import type { Clock, RemoteAddress } from '@lamplighter/sip'
import type { DeliveringGateway, GatewayLamp, GatewayPlace } from '@lamplighter/store'
import type { OpenDecision } from '../lamp-trace.js'
import { type Answer, readAnswer } from './answer.js'
import {
  type DeliveryAction,
  type DeliveryEvent,
  type DeliveryState,
  newDelivery,
  type Showing,
  stepDelivery,
} from './delivery.js'
import { targetText } from './gateway-messages.js'
import type { GatewayRecords } from './gateway-records.js'
import { type GatewaySender, ledTo } from './gateway-sender.js'
import { urgencyOf } from './lamp-queue.js'
import { TargetWatch } from './target-watch.js'
import { Turns } from './turns.js'

/** What a driver is made of. */
export type GatewayDriverParts = {
  readonly gateway: DeliveringGateway
  readonly sender: Pick<GatewaySender, 'send' | 'ping'>
  readonly records: GatewayRecords
  readonly clock: Clock
  /** Epoch milliseconds. */
  readonly wallMs: () => number
  readonly random: () => number
  /** These must be told again: what they show now is to be read and handed to {@link GatewayDriver.show}. */
  readonly onDue: (ids: readonly MailboxId[]) => void
  /** A target is back: everything is to be read and shown again. */
  readonly onRecovered: () => void
  /** A deleted gateway lights nothing any more. */
  readonly onEmptied: () => void
  readonly log: Logger
}

type Lamp = GatewayLamp & { readonly cause: LampCause }
type Entry = {
  lamp: Lamp
  state: DeliveryState<Lamp>
  /** It is only told again: changes go first. */
  again: boolean
  /** What the ledger says of a lamp that shows what it should; undefined: something else. */
  settledAs: GatewayLamp['blockedBy'] | undefined
  /** When it was last told or given up, epoch milliseconds. */
  saidAtMs: number
  publication: GatewayLamp['publication']
  /** Who answered last, as host:port. */
  target: string | null
  decision: OpenDecision
  cancelWait: () => void
  readonly phase: number
}

/** A published state is refreshed when this share of its life is over. */
const REFRESH_SHARE = 0.8

/**
 * One gateway: gives its lamps their turns, at its pace and to the targets that are there, keeps them told again, and
 * notices when a target was away. What the lamps show comes from outside, read anew each time.
 */
export class GatewayDriver {
  readonly #parts: GatewayDriverParts
  readonly #entries = new Map<MailboxId, Entry>()
  readonly #targets: TargetWatch
  readonly #turns: Turns
  #stopped = false

  constructor(parts: GatewayDriverParts) {
    const { gateway, sender, clock, onRecovered, log } = parts
    this.#parts = parts
    this.#turns = new Turns({ clock, ratePerSec: gateway.maxPerSec, give: (id) => this.#give(id) })
    this.#targets = new TargetWatch({
      gateway,
      ping: (target) => sender.ping(gateway, target),
      clock,
      onReady: () => this.#turns.wake(),
      onRecovered: (target) => {
        log.info({ gateway: gateway.uuid, target }, 'a target of a gateway is back: it is told everything again')
        onRecovered()
      },
      onFailed: () => this.#abandonAll(),
      onBeat: () => this.#findDue(),
    })
  }

  /** The gateway as it was when the driver was made. */
  get gateway(): DeliveringGateway {
    return this.#parts.gateway
  }

  /** How many lamps it knows. */
  get size(): number {
    return this.#entries.size
  }

  /** Forgets everything; what is under way is not listened to any more. */
  stop(): void {
    this.#stopped = true
    this.#targets.stop()
    this.#turns.stop()
    for (const entry of this.#entries.values()) entry.cancelWait()
    this.#entries.clear()
  }

  /** Shows these as they are now. @param forced also what was acknowledged is told again */
  show(lamps: readonly GatewayLamp[], cause: LampCause, forced: boolean): void {
    for (const lamp of lamps) this.#show({ ...lamp, cause }, forced)
  }

  /** Of these, which it knows, nothing is left in the tables. */
  gone(ids: readonly MailboxId[], cause: LampCause): void {
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (entry) this.#show({ ...entry.lamp, cause, served: false, summary: EMPTY_SUMMARY }, false)
    }
  }

  /**
   * A connection is gone. A target that only closed what was idle answers when it is asked; one that restarts refuses,
   * and is told everything again when it is back, before any ping would have been due.
   */
  connectionClosed(peer: RemoteAddress): void {
    const { gateway } = this.#parts
    if (gateway.method === 'ari') return
    for (const [index, target] of gateway.targets.entries()) if (ledTo(peer, target)) this.#targets.heard(index, true)
  }

  #show(lamp: Lamp, forced: boolean): void {
    const entry = this.#entries.get(lamp.mailboxId) ?? this.#newEntry(lamp)
    entry.lamp = lamp
    // A gateway that is off and a mailbox it serves no more are told once that nothing waits, and then left alone.
    const again = forced && lamp.served && lamp.blockedBy !== 'gateway'
    entry.again = again
    const showing: Showing<Lamp> = { place: placeOf(lamp), summary: lamp.summary, tag: lamp }
    if (!again && shows(entry, showing)) return this.#settled(entry)
    entry.settledAs = undefined
    this.#parts.records.pending(lamp, this.#targets.failed ? 'unreachable' : 'pending')
    this.#step(entry, { type: 'wanted', showing, forced: again })
  }

  #newEntry(lamp: Lamp): Entry {
    const { acknowledged, publication } = lamp
    const told = acknowledged && { place: placeOf(acknowledged), summary: acknowledged.summary, tag: lamp }
    const entry: Entry = {
      lamp,
      state: newDelivery(told),
      again: false,
      settledAs: undefined,
      saidAtMs: acknowledged?.at.getTime() ?? this.#parts.wallMs(),
      publication,
      target: null,
      decision: [],
      cancelWait: () => {},
      phase: phaseOf(`${lamp.gatewayId}/${lamp.mailboxId}`),
    }
    this.#entries.set(lamp.mailboxId, entry)
    return entry
  }

  /** It shows what it should. */
  #settled(entry: Entry): void {
    this.#step(entry, { type: 'wanted', showing: showingOf(entry.lamp), forced: false })
    const { blockedBy } = entry.lamp
    const forget = !entry.lamp.served && entry.state.phase === 'idle'
    if (forget || entry.settledAs !== blockedBy) this.#parts.records.settled(entry.lamp, forget)
    entry.settledAs = blockedBy
    if (forget) this.#forget(entry)
  }

  #step(entry: Entry, event: DeliveryEvent<Lamp>): void {
    const { clock, random, gateway } = this.#parts
    const rules = { retryForMs: gateway.retryForSec * 1000, random }
    const { state, actions } = stepDelivery(entry.state, event, clock.now(), rules)
    entry.state = state
    for (const action of actions) this.#perform(entry, action)
  }

  #perform(entry: Entry, action: DeliveryAction<Lamp>): void {
    const { clock, records } = this.#parts
    const { mailboxId } = entry.lamp
    switch (action.type) {
      case 'queue':
        return this.#turns.want(mailboxId, urgencyOf(isLampLit(entry.lamp.summary), entry.again))
      case 'wait':
        entry.cancelWait()
        entry.cancelWait = clock.after(action.ms, () => this.#step(entry, { type: 'resume' }))
        return
      case 'send':
        void this.#send(entry, action.showing, action.target)
        return
      case 'retrying':
        return records.retrying(entry.lamp, entry.decision, action.status)
      case 'given_up':
        return this.#givenUp(entry, action)
      case 'acknowledged':
        return this.#acknowledged(entry, action)
    }
  }

  #acknowledged(entry: Entry, { showing, status }: Extract<DeliveryAction<Lamp>, { type: 'acknowledged' }>): void {
    entry.again = false
    entry.saidAtMs = this.#parts.wallMs()
    entry.settledAs = entry.state.wanted === undefined ? entry.lamp.blockedBy : undefined
    const forget = !entry.lamp.served && entry.state.wanted === undefined
    const { publication, target } = entry
    this.#parts.records.acknowledged(entry.lamp, showing, entry.decision, { status, target, publication, forget })
    if (forget) this.#forget(entry)
  }

  #givenUp(entry: Entry, { why, status }: Extract<DeliveryAction<Lamp>, { type: 'given_up' }>): void {
    entry.saidAtMs = this.#parts.wallMs()
    const { gateway, records } = this.#parts
    // Who answers that there is no such mailbox shows none; who is gone for good is not waited for.
    const forget = !entry.lamp.served && (why !== 'unreachable' || gateway.deleted)
    records.givenUp(gateway, entry.lamp, entry.decision, why, status, forget)
    if (forget) this.#forget(entry)
  }

  #forget(entry: Entry): void {
    entry.cancelWait()
    this.#turns.drop(entry.lamp.mailboxId)
    this.#entries.delete(entry.lamp.mailboxId)
    if (this.gateway.deleted && this.#entries.size === 0) this.#parts.onEmptied()
  }

  async #send(entry: Entry, showing: Showing<Lamp>, index: number): Promise<void> {
    const { gateway, sender, records, log } = this.#parts
    const target = gateway.targets[index]
    if (!target) return
    entry.decision = records.sending(showing.tag, showing.summary)
    const message = { mailboxId: showing.tag.mailboxId, ...placeFrom(showing.place), summary: showing.summary }
    const last = !entry.lamp.served
    const dispatch = { gateway, target, message, etag: entry.publication?.etag, last }
    const answer = await sender.send(dispatch).catch((err): Answer => {
      log.warn({ err, gateway: gateway.uuid }, 'a gateway could not be told')
      return { type: 'broken' }
    })
    if (this.#stopped) return
    this.#answered(entry, index, answer)
  }

  #answered(entry: Entry, index: number, answer: Answer): void {
    const verdict = readAnswer(answer)
    this.#targets.heard(index, verdict.kind === 'silent')
    // One that was forgotten meanwhile wants nothing any more.
    if (this.#entries.get(entry.lamp.mailboxId) === entry) {
      const target = this.gateway.targets[index]
      if (target && answer.type === 'answered') entry.target = targetText(target)
      if (verdict.kind === 'delivered') entry.publication = this.#publicationOf(answer)
      const more = this.#targets.choose([...entry.state.tried, index]) !== undefined
      this.#step(entry, { type: 'answered', target: index, verdict, more })
    }
    this.#turns.returned(verdict.kind === 'silent' || verdict.kind === 'busy')
  }

  #publicationOf(answer: Answer): GatewayLamp['publication'] {
    const publication = answer.type === 'answered' ? answer.publication : undefined
    if (!publication) return undefined
    return { etag: publication.etag, expiresAt: new Date(this.#parts.wallMs() + publication.expiresInSec * 1000) }
  }

  /** Gives a lamp its turn, unless nobody is there to be told. */
  #give(id: MailboxId): 'sent' | 'hold' | 'gone' {
    const entry = this.#entries.get(id)
    if (!entry) return 'gone'
    const target = this.#targets.choose(entry.state.tried) ?? this.#targets.choose([])
    if (target === undefined) return 'hold'
    this.#step(entry, { type: 'turn', target })
    return entry.state.phase === 'sending' ? 'sent' : 'gone'
  }

  /** Nobody was there for the whole retry time. */
  #abandonAll(): void {
    for (const entry of [...this.#entries.values()]) this.#step(entry, { type: 'abandon' })
  }

  #findDue(): void {
    const nowMs = this.#parts.wallMs()
    const due = [...this.#entries.values()].filter((entry) => this.#isDue(entry, nowMs))
    for (const entry of due) entry.saidAtMs = nowMs
    if (due.length > 0) this.#parts.onDue(due.map(({ lamp }) => lamp.mailboxId))
  }

  /** Each lamp has its own moment in every interval, so that they are spread however they began. */
  #isDue({ lamp, state, saidAtMs, phase, publication }: Entry, nowMs: number): boolean {
    if (state.phase !== 'idle' || !lamp.served || lamp.blockedBy === 'gateway') return false
    const everyMs = this.gateway.reassertEverySec * 1000
    const slotOf = (ms: number) => Math.floor((ms - phase * everyMs) / everyMs)
    if (slotOf(nowMs) > slotOf(saidAtMs)) return true
    if (!publication) return false
    const lifeMs = publication.expiresAt.getTime() - saidAtMs
    return nowMs >= saidAtMs + lifeMs * REFRESH_SHARE
  }
}

function showingOf(lamp: Lamp): Showing<Lamp> {
  return { place: placeOf(lamp), summary: lamp.summary, tag: lamp }
}

function shows({ state }: Entry, { place, summary }: Showing<Lamp>): boolean {
  const { phase, acknowledged, wanted } = state
  return (
    phase === 'idle' &&
    wanted === undefined &&
    acknowledged?.place === place &&
    sameSummary(acknowledged.summary, summary)
  )
}

function placeOf({ number, context, address }: GatewayPlace): string {
  return JSON.stringify([number, context, address])
}

function placeFrom(place: string): GatewayPlace {
  const [number, context, address] = JSON.parse(place) as [string, string, string | null]
  return { number, context, address }
}

/** A number between 0 and 1 that is always the same for one lamp. */
function phaseOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32
}
