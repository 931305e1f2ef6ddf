import { randomUUID } from 'node:crypto'
import type { SecretBox } from '@lamplighter/access'
import {
  draft,
  type GatewayInput,
  gatewayCreated,
  gatewayDeleted,
  gatewayEdited,
  lampReassertRequested,
} from '@lamplighter/contracts'
import {
  always,
  type Created,
  type Gateway,
  type GatewayFields,
  InvalidInputError,
  NotFoundError,
  type Precondition,
  type RepeatKey,
  RuleError,
  type TenantId,
} from '@lamplighter/domain'
import type {
  ConfigurationChange,
  GatewayColumn,
  ListQuery,
  SealedChange,
  Store,
  TenantScope,
} from '@lamplighter/store'
import { fieldsOfGateway, fieldsOfNewGateway, sameGatewayFields } from './gateway-fields.js'

/** Gateways a tenant may have; each costs the worker memory, timers and a ping. */
const MAX_GATEWAYS = 100

/** Creates, reads, changes and deletes gateways. A secret is kept sealed, because it must be presented to the peer. */
export class GatewayService {
  readonly #store: Store
  readonly #secrets: SecretBox

  constructor(store: Store, secrets: SecretBox) {
    this.#store = store
    this.#secrets = secrets
  }

  /** A page of the gateways in scope. */
  list(scope: TenantScope, query: ListQuery<GatewayColumn>): Promise<{ items: Gateway[]; total: number }> {
    return this.#store.configuration(scope).gateways.list(query)
  }

  /** @throws NotFoundError */
  async get(scope: TenantScope, uuid: string): Promise<Gateway> {
    const gateway = await this.#store.configuration(scope).gateways.find(uuid)
    if (!gateway) throw noSuchGateway(uuid)
    return gateway
  }

  /** @throws InvalidInputError, RuleError when the name is taken or there are too many */
  async create(
    scope: TenantScope,
    input: GatewayInput & { readonly name: string },
    repeat?: RepeatKey,
  ): Promise<Created<Gateway>> {
    const fields = fieldsOfNewGateway(input)
    return this.#store.createOnce(scope, repeat, async (change) => {
      await refuseContexts(change, scope.tenantId, fields)
      if ((await change.gateways.count()) >= MAX_GATEWAYS) {
        throw new RuleError('too-many-gateways', 'the tenant has too many gateways', { max: MAX_GATEWAYS })
      }
      const uuid = randomUUID()
      const gateway = await change.gateways.create(uuid, fields, this.#sealed(input.secret, uuid))
      change.outbox.add([draft(gatewayCreated, { tenant: gateway.tenantId }, { gateway_uuid: uuid })])
      return gateway
    })
  }

  /** Changes what `input` names; nothing changed, nothing said. @throws NotFoundError, InvalidInputError, RuleError */
  async update(
    scope: TenantScope,
    uuid: string,
    input: () => GatewayInput,
    precondition: Precondition = always,
  ): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const gateway = await lockGateway(change, uuid)
      precondition(gateway)
      const asked = input()
      const fields = fieldsOfGateway(fieldsOf(gateway), asked)
      if (asked.secret === undefined && sameGatewayFields(gateway, fields)) return
      await refuseContexts(change, gateway.tenantId, fields)
      await change.gateways.update(uuid, fields, this.#sealed(asked.secret, uuid))
      change.outbox.add([draft(gatewayEdited, { tenant: gateway.tenantId }, { gateway_uuid: uuid })])
    })
  }

  /** Deletes a gateway; the worker darkens what it lit. @throws NotFoundError */
  async delete(scope: TenantScope, uuid: string, precondition: Precondition = always): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const gateway = await lockGateway(change, uuid)
      precondition(gateway)
      await change.gateways.delete(uuid)
      change.outbox.add([draft(gatewayDeleted, { tenant: gateway.tenantId }, { gateway_uuid: uuid })])
    })
  }

  /** Has the worker tell a gateway everything again. @throws NotFoundError */
  async reassert(scope: TenantScope, uuid: string): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const { tenantId: tenant } = await lockGateway(change, uuid)
      const data = { device_uuid: null, gateway_uuid: uuid, voicemail_id: null, in_sync: null, lit: null }
      change.outbox.add([draft(lampReassertRequested, { tenant }, data)])
    })
  }

  #sealed(secret: string | null | undefined, uuid: string): SealedChange {
    return secret ? this.#secrets.seal(secret, uuid) : secret
  }
}

function fieldsOf({ uuid: _uuid, tenantId: _tenant, hasSecret: _secret, ...fields }: Gateway): GatewayFields {
  return fields
}

async function refuseContexts(
  { gateways }: ConfigurationChange,
  tenantId: TenantId,
  { contexts }: GatewayFields,
): Promise<void> {
  if (!contexts) return
  const [unknown] = await gateways.unknownContexts(tenantId, contexts)
  if (unknown !== undefined) throw InvalidInputError.of('contexts', 'reference', `Context was not found: ${unknown}`)
}

/** A gateway whose lock is held. @throws NotFoundError */
export async function lockGateway(change: ConfigurationChange, uuid: string): Promise<Gateway> {
  await change.locks.gateway(uuid)
  const gateway = await change.gateways.find(uuid)
  if (!gateway) throw noSuchGateway(uuid)
  return gateway
}

/** There is none of this UUID, or not for who asks. */
export function noSuchGateway(uuid: string): NotFoundError {
  return new NotFoundError('no-such-gateway', 'there is no such gateway', { uuid })
}
