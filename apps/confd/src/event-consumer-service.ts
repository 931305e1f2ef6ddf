import { randomUUID } from 'node:crypto'
import {
  type BindingPrincipal,
  hashConsumerPassword,
  newConsumerPassword,
  type Principal,
  readBindingKey,
} from '@lamplighter/access'
import type { EventConsumerInput } from '@lamplighter/contracts'
import {
  type Created,
  consumerUsername,
  InvalidInputError,
  LamplighterError,
  NotFoundError,
  type RepeatKey,
  RuleError,
  SYSTEM_ACTOR,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import type { ConfigurationChange, EventConsumer, EventConsumerFields, Store, TenantScope } from '@lamplighter/store'
import { decideEach, isTenantEvent, principalOf } from './event-consumer-bindings.js'
import type { EventConsumerControl } from './event-consumer-control.js'

/** What a client of AMQP logs in with. */
export type ConsumerCredentials = { readonly username: string; readonly password: string }

/** Names a tenant may ever use: each becomes an atom of the broker, and atoms are never freed (bus.md 5.4). */
const MAX_NAMES = 100
const DEFAULTS = { maxLength: 100_000, messageTtlSec: 7 * 24 * 3600, expiresSec: 14 * 24 * 3600 }

/** Consumers of tenants on AMQP (bus.md 5.8): nobody gets more by one than they, and whom it is for, may have. */
export class EventConsumerService {
  readonly #store: Store
  readonly #control: EventConsumerControl | undefined

  /** @param control undefined where there is no broker: then nothing can be made */
  constructor(store: Store, control: EventConsumerControl | undefined) {
    this.#store = store
    this.#control = control
  }

  /** A page of the tenant's consumers. */
  list(
    tenantId: TenantId,
    page: { limit: number | undefined; offset: number },
  ): Promise<{ items: EventConsumer[]; total: number }> {
    return this.#store.eventConsumers.list(tenantId, page)
  }

  /** @throws NotFoundError */
  async get(tenantId: TenantId, name: string): Promise<EventConsumer> {
    const found = await this.#store.eventConsumers.find(tenantId, name)
    if (!found) throw noSuchConsumer(name)
    return found.consumer
  }

  /**
   * Creates a consumer and its queue; the password is undefined when the request was a repetition.
   *
   * @throws InvalidInputError; LamplighterError `event-binding-refused`, `no-broker`; RuleError when the name is taken or
   * there are too many
   */
  async create(
    scope: TenantScope,
    caller: Principal,
    input: EventConsumerInput,
    repeat: RepeatKey | undefined,
  ): Promise<Created<{ consumer: EventConsumer; password: string | undefined }>> {
    const control = this.#brokerControl()
    const { tenantId } = scope
    const fields = checkedFields(input)
    const password = newConsumerPassword()
    const creating = this.#store.createOnce(scope, repeat, async (change) => {
      await refuseExcess(change, tenantId, caller, fields)
      const secret = { secretHash: hashConsumerPassword(password), believedMs: control.believedMs }
      return createRow(change, tenantId, fields, secret)
    })
    const { value: uuid, replayed } = await creating.catch((error) => this.#noteRefused(error, scope, fields.name))
    if (!replayed) await control.settleChanged({ uuid, tenantId, name: fields.name }, 'the consumer is another one')
    const consumer = await this.get(tenantId, fields.name)
    return { value: { consumer, password: replayed ? undefined : password }, replayed }
  }

  /**
   * Gives a consumer another password, to who could have made it.
   *
   * @throws NotFoundError; LamplighterError `event-binding-refused`, `no-broker`
   */
  async rotate(scope: TenantScope, caller: Principal, name: string): Promise<ConsumerCredentials> {
    const { tenantId } = scope
    await this.get(tenantId, name)
    const control = this.#brokerControl()
    const password = newConsumerPassword()
    const rotating = this.#store.changeEventConsumer(async (consumers) => {
      const secret = { secretHash: hashConsumerPassword(password), believedMs: control.believedMs }
      const uuid = await consumers.setSecret(tenantId, name, secret)
      // Written first, which locks it: what is looked at is what the password is for.
      const found = await consumers.find(tenantId, name)
      if (uuid === undefined || !found) throw noSuchConsumer(name)
      await refuseBeyondCaller(found.consumer, tenantId, caller)
      return uuid
    })
    const uuid = await rotating.catch((error) => this.#noteRefused(error, scope, name))
    await control.settleChanged({ uuid, tenantId, name }, 'the credentials were changed')
    return { username: consumerUsername({ tenantId, name }), password }
  }

  /** Deletes a consumer, its queue and what is in it; its connections are closed. @throws NotFoundError */
  async delete(tenantId: TenantId, name: string): Promise<void> {
    const believedMs = this.#control?.believedMs ?? 0
    const uuid = await this.#store.changeEventConsumer((consumers) => consumers.delete(tenantId, name, believedMs))
    if (uuid === undefined) throw noSuchConsumer(name)
    await this.#control?.settleChanged({ uuid, tenantId, name }, 'the consumer was deleted')
  }

  /** Somebody wanted more than they may have: that is noted, although nothing came of it. @throws the error */
  async #noteRefused(
    error: unknown,
    { tenantId, actor = SYSTEM_ACTOR }: TenantScope,
    consumer: string,
  ): Promise<never> {
    if (error instanceof LamplighterError && error.code === 'event-binding-refused') {
      const details = { consumer, ...error.details }
      await this.#store.note({ tenantId, actor, action: 'event_consumer.refused', details })
    }
    throw error
  }

  #brokerControl(): EventConsumerControl {
    if (!this.#control) throw new LamplighterError('no-broker', 'this installation has no message broker')
    return this.#control
  }
}

/** The wire input with its defaults. @throws InvalidInputError for what could never be an event or a key */
function checkedFields(input: EventConsumerInput): EventConsumerFields {
  const { name, events = [], bindings = [], user_uuid: user = null } = input
  if (events.length + bindings.length === 0) {
    throw InvalidInputError.of('events', 'required', 'events or bindings are required')
  }
  const unknown = events.find((event) => !isTenantEvent(event))
  if (unknown !== undefined) throw InvalidInputError.of('events', 'enum', `there is no such event: ${unknown}`)
  const malformed = bindings.find((key) => !readBindingKey(key))
  if (malformed !== undefined) throw InvalidInputError.of('bindings', 'regex', `not a binding key: ${malformed}`)
  return {
    name,
    userId: (user?.toLowerCase() ?? null) as UserId | null,
    events: [...new Set(events)].sort(),
    bindings: [...new Set(bindings)].sort(),
    maxLength: input.max_length ?? DEFAULTS.maxLength,
    messageTtlSec: input.message_ttl_s ?? DEFAULTS.messageTtlSec,
    expiresSec: input.expires_s ?? DEFAULTS.expiresSec,
  }
}

/** Whom it is for must be allowed all of it; so must who makes it, unless for itself: the credentials are theirs. */
async function refuseExcess(
  change: ConfigurationChange,
  tenantId: TenantId,
  caller: Principal,
  fields: EventConsumerFields,
): Promise<void> {
  const rights = await change.eventConsumers.rightsOf(tenantId, fields.userId)
  if (!rights) throw InvalidInputError.of('user_uuid', 'reference', 'User was not found')
  await refuse(fields, principalOf(tenantId, fields.userId, rights))
  await refuseBeyondCaller(fields, tenantId, caller)
}

/** For somebody else, or a service, only who sees everyone's events, as far as they may have them themselves. */
async function refuseBeyondCaller(fields: EventConsumerFields, tenantId: TenantId, caller: Principal): Promise<void> {
  if (caller.userId === fields.userId) return
  const { userId, acl, admin, purpose } = caller
  if (!admin && purpose === 'user') throw bindingRefused({ reason: 'audience' })
  await refuse(fields, { tenantId, userId, seesEveryone: true, acl })
}

/** @throws LamplighterError `event-binding-refused`, with an access that would be too much where there is one */
async function refuse(fields: EventConsumerFields, principal: BindingPrincipal): Promise<void> {
  for await (const { asked, decision } of decideEach(fields, principal)) {
    if (decision.allowed) continue
    const { reason, witness: access } = decision
    const details = { binding: asked, reason, ...(access === undefined ? {} : { access }) }
    throw bindingRefused(details)
  }
}

function bindingRefused(details: Record<string, unknown>): LamplighterError {
  return new LamplighterError('event-binding-refused', 'the binding holds events that are not allowed', details)
}

async function createRow(
  { eventConsumers }: ConfigurationChange,
  tenantId: TenantId,
  fields: EventConsumerFields,
  secret: { secretHash: string; believedMs: number },
): Promise<string> {
  const { name } = fields
  if ((await eventConsumers.lockNames(tenantId, name)) >= MAX_NAMES) {
    throw new RuleError('too-many-event-consumers', 'the tenant used too many names', { max: MAX_NAMES })
  }
  const uuid = await eventConsumers.create(randomUUID(), tenantId, fields, secret)
  if (uuid === undefined) throw new RuleError('event-consumer-exists', 'the name is taken', { name })
  return uuid
}

function noSuchConsumer(name: string): NotFoundError {
  return new NotFoundError('no-such-event-consumer', 'there is no such event consumer', { name })
}
