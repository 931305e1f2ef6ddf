import {
  createGateway,
  deleteGateway,
  GATEWAY_COLUMNS,
  type GatewayView,
  getGateway,
  listGateways,
  reassertGateway,
  updateGateway,
} from '@lamplighter/contracts'
import type { Gateway, GatewayTarget } from '@lamplighter/domain'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { onlyTenant, tenantSubtree } from '@lamplighter/store'
import type { GatewayService } from './gateway-service.js'
import { listScope, toListQuery } from './list-query.js'
import { resourceUrl } from './voicemail-view.js'

/** Gateways that put lamps on. */
export function gatewayRoutes(gateways: GatewayService): Implementation[] {
  return [
    implement(listGateways, async (call) => {
      const query = call.query()
      const asked = toListQuery(query, GATEWAY_COLUMNS, 'name')
      const { items, total } = await gateways.list(listScope(call.tenantId, query), asked)
      return { body: { total, items: items.map((gateway) => toGatewayView(call, gateway)) } }
    }),
    implement(createGateway, async (call) => {
      const scope = onlyTenant(call.tenantId, call.actor)
      const { value, replayed } = await gateways.create(scope, call.body(), call.repeatKey())
      return createdAnswer(resourceUrl(call, 'gateways', value.uuid), toGatewayView(call, value), replayed)
    }),
    implement(getGateway, async (call) => {
      const gateway = await gateways.get(tenantSubtree(call.tenantId), gatewayUuid(call))
      return call.tagged(gateway, toGatewayView(call, gateway))
    }),
    implement(updateGateway, async (call) => {
      call.json()
      const scope = tenantSubtree(call.tenantId, call.actor)
      await gateways.update(scope, gatewayUuid(call), () => call.body(), call.precondition())
      return {}
    }),
    implement(deleteGateway, async (call) => {
      await gateways.delete(tenantSubtree(call.tenantId, call.actor), gatewayUuid(call), call.precondition())
      return {}
    }),
    implement(reassertGateway, async (call) => {
      await gateways.reassert(tenantSubtree(call.tenantId, call.actor), gatewayUuid(call))
      return {}
    }),
  ]
}

function gatewayUuid(call: Pick<Call, 'param'>): string {
  return call.param('gateway_uuid').toLowerCase()
}

function toGatewayView(call: Pick<Call, 'url'>, gateway: Gateway): GatewayView {
  return {
    uuid: gateway.uuid,
    tenant_uuid: gateway.tenantId,
    name: gateway.name,
    profile: gateway.profile,
    method: gateway.method,
    targets: gateway.targets.map(toTargetView),
    username: gateway.username,
    has_secret: gateway.hasSecret,
    address_template: gateway.addressTemplate,
    from_template: gateway.fromTemplate,
    mailbox_template: gateway.mailboxTemplate,
    ari_path: gateway.ariPath,
    contexts: gateway.contexts && [...gateway.contexts],
    mwi_enabled: gateway.mwiEnabled,
    retry_for_s: gateway.retryForSec,
    reassert_every_s: gateway.reassertEverySec,
    ping_every_s: gateway.pingEverySec,
    max_per_s: gateway.maxPerSec,
    links: [{ rel: 'gateways', href: resourceUrl(call, 'gateways', gateway.uuid) }],
  }
}

function toTargetView({ host, port, transport, tlsVerify, serverName }: GatewayTarget): GatewayView['targets'][number] {
  return { host, port, transport, tls_verify: tlsVerify, server_name: serverName }
}
