import { draft, lampReassertRequested } from '@lamplighter/contracts'
import {
  type Gateway,
  type GatewayAddress,
  InvalidInputError,
  type MailboxId,
  NotFoundError,
} from '@lamplighter/domain'
import { type ConfigurationChange, onlyTenant, type Store, type TenantScope } from '@lamplighter/store'
import { checkAddressTemplate } from './gateway-fields.js'
import { lockGateway, noSuchGateway } from './gateway-service.js'

/** Gives mailboxes addresses of their own at a gateway. The worker darkens a lamp where it was before it lights it anew. */
export class GatewayAddressService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A page of the addresses at a gateway. @throws NotFoundError */
  async list(
    scope: TenantScope,
    uuid: string,
    page: { readonly limit?: number | undefined; readonly offset?: number | undefined },
  ): Promise<{ items: GatewayAddress[]; total: number }> {
    const { gateways, gatewayAddresses } = this.#store.configuration(scope)
    if (!(await gateways.find(uuid))) throw noSuchGateway(uuid)
    return gatewayAddresses.list(uuid, page)
  }

  /** Sets one; the same again says nothing. @throws NotFoundError, InvalidInputError */
  async put(scope: TenantScope, uuid: string, id: MailboxId, template: () => string): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const gateway = await lockGateway(change, uuid)
      await this.#requireMailbox(gateway, id)
      const addressTemplate = template()
      checkAddressTemplate(addressTemplate)
      if (gateway.method === 'ari') {
        throw InvalidInputError.of('address_template', 'method', 'a gateway that is told over ARI knows no addresses')
      }
      if ((await change.gatewayAddresses.find(uuid, id)) === addressTemplate) return
      await change.gatewayAddresses.put(uuid, { mailboxId: id, addressTemplate })
      await say(change, gateway, id)
    })
  }

  /** Takes one away. @throws NotFoundError when the mailbox has none */
  async delete(scope: TenantScope, uuid: string, id: MailboxId): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const gateway = await lockGateway(change, uuid)
      if ((await change.gatewayAddresses.find(uuid, id)) === undefined) {
        throw new NotFoundError('no-such-gateway-address', 'the mailbox has no address of its own at this gateway', {
          gateway_uuid: uuid,
          voicemail_id: id,
        })
      }
      await change.gatewayAddresses.delete(uuid, id)
      await say(change, gateway, id)
    })
  }

  /** A gateway is told of mailboxes of its own tenant only, whoever asks. */
  async #requireMailbox({ tenantId }: Gateway, id: MailboxId): Promise<void> {
    if (await this.#store.configuration(onlyTenant(tenantId)).mailboxes.find(id)) return
    throw new NotFoundError('no-such-voicemail', 'there is no such mailbox in the tenant of the gateway', { id })
  }
}

/** Has the worker look at this lamp. */
async function say(change: ConfigurationChange, { uuid, tenantId: tenant }: Gateway, id: MailboxId): Promise<void> {
  const data = { device_uuid: null, gateway_uuid: uuid, voicemail_id: id, in_sync: null, lit: null }
  change.outbox.add([draft(lampReassertRequested, { tenant }, data)])
}
