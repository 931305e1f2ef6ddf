import { deleteGatewayAddress, listGatewayAddresses, putGatewayAddress } from '@lamplighter/contracts'
import type { MailboxId } from '@lamplighter/domain'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { tenantSubtree } from '@lamplighter/store'
import type { GatewayAddressService } from './gateway-address-service.js'

/** Mailboxes with addresses of their own at a gateway. */
export function gatewayAddressRoutes(addresses: GatewayAddressService): Implementation[] {
  return [
    implement(listGatewayAddresses, async (call) => {
      const { items, total } = await addresses.list(tenantSubtree(call.tenantId), gatewayUuid(call), call.query())
      const views = items.map(({ mailboxId, addressTemplate }) => ({
        voicemail_id: mailboxId,
        address_template: addressTemplate,
      }))
      return { body: { total, items: views } }
    }),
    implement(putGatewayAddress, async (call) => {
      call.json()
      const template = () => call.body().address_template
      await addresses.put(tenantSubtree(call.tenantId, call.actor), gatewayUuid(call), mailboxId(call), template)
      return {}
    }),
    implement(deleteGatewayAddress, async (call) => {
      await addresses.delete(tenantSubtree(call.tenantId, call.actor), gatewayUuid(call), mailboxId(call))
      return {}
    }),
  ]
}

function gatewayUuid(call: Pick<Call, 'param'>): string {
  return call.param('gateway_uuid').toLowerCase()
}

function mailboxId(call: Pick<Call, 'param'>): MailboxId {
  return Number(call.param('id')) as MailboxId
}
