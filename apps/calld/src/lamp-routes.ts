import {
  getLamp,
  getLampTrace,
  getOwnLamp,
  getOwnLampTrace,
  listLamps,
  listOwnLamps,
  type QueryOf,
  reassertDeviceLamps,
  reassertLamp,
  reassertLamps,
  reassertOwnLamp,
  reassertVoicemailLamps,
} from '@lamplighter/contracts'
import type { DeviceId, MailboxId } from '@lamplighter/domain'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import {
  type LampFilter,
  type LampOrder,
  type LampPage,
  onlyTenant,
  type Store,
  tenantSubtree,
} from '@lamplighter/store'
import { mailboxIdOf } from './ids.js'
import type { LampService } from './lamp-service.js'
import { toLampView, toTraceView } from './lamp-view.js'

const DEFAULT_LIMIT = 100

/** The lamp ledger: of a tenant, and of a user's own devices. */
export function lampRoutes(store: Store, lamps: LampService): Implementation[] {
  return [...tenantRoutes(store, lamps), ...ownRoutes(store, lamps)]
}

function tenantRoutes(store: Store, lamps: LampService): Implementation[] {
  return [
    implement(listLamps, async (call) => {
      const query = call.query()
      const scope = query.recurse ? tenantSubtree(call.tenantId) : onlyTenant(call.tenantId)
      const { items, total } = await store.lamps(scope).list(toFilter(query), toPage(query))
      return { body: { items: items.map(toLampView), total } }
    }),
    implement(getLamp, async (call) => {
      return { body: toLampView(await lamps.find(tenantSubtree(call.tenantId), lampOf(call))) }
    }),
    implement(getLampTrace, async (call) => {
      return { body: toTraceView(await lamps.trace(tenantSubtree(call.tenantId), lampOf(call))) }
    }),
    implement(reassertLamps, async (call) => {
      await lamps.reassert(call.tenantId, toFilter(call.query()), call.actor)
      return {}
    }),
    implement(reassertLamp, async (call) => {
      await lamps.reassertOne(tenantSubtree(call.tenantId), lampOf(call), call.actor)
      return {}
    }),
    implement(reassertVoicemailLamps, async (call) => {
      await lamps.reassertMailbox(tenantSubtree(call.tenantId), mailboxIdOf(call), call.actor)
      return {}
    }),
    implement(reassertDeviceLamps, async (call) => {
      const uuid = call.param('uuid').toLowerCase() as DeviceId
      await lamps.reassertDevice(tenantSubtree(call.tenantId), uuid, call.actor)
      return {}
    }),
  ]
}

function ownRoutes(store: Store, lamps: LampService): Implementation[] {
  return [
    implement(listOwnLamps, async (call) => {
      const query = call.query()
      const filter = { ...toFilter(query), userId: call.userId }
      const { items, total } = await store.lamps(onlyTenant(call.tenantId)).list(filter, toPage(query))
      return { body: { items: items.map(toLampView), total } }
    }),
    implement(getOwnLamp, async (call) => {
      return { body: toLampView(await lamps.find(onlyTenant(call.tenantId), lampOf(call), { userId: call.userId })) }
    }),
    implement(getOwnLampTrace, async (call) => {
      const trace = await lamps.trace(onlyTenant(call.tenantId), lampOf(call), { userId: call.userId })
      return { body: toTraceView(trace) }
    }),
    implement(reassertOwnLamp, async (call) => {
      await lamps.reassertOne(onlyTenant(call.tenantId), lampOf(call), call.actor, { userId: call.userId })
      return {}
    }),
  ]
}

function lampOf(call: Pick<Call, 'param'>): string {
  return call.param('lamp_uuid').toLowerCase()
}

function toFilter(query: QueryOf<typeof reassertLamps>): LampFilter {
  const { device, mailbox, gateway, in_sync: inSync, lit } = query
  return {
    ...(device === undefined ? {} : { deviceId: device.toLowerCase() as DeviceId }),
    ...(mailbox === undefined ? {} : { mailboxId: mailbox as MailboxId }),
    ...(gateway === undefined ? {} : { gatewayId: gateway.toLowerCase() }),
    ...(inSync === undefined ? {} : { inSync }),
    ...(lit === undefined ? {} : { lit }),
  }
}

function toPage({ limit = DEFAULT_LIMIT, offset = 0, order, direction }: QueryOf<typeof listOwnLamps>): LampPage {
  return {
    order: (order ?? 'device') as LampOrder,
    direction: direction === 'desc' ? 'desc' : 'asc',
    limit,
    offset,
  }
}
