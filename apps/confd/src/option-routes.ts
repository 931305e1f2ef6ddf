import {
  getGeneralOptions,
  getTenantZones,
  getZones,
  updateGeneralOptions,
  updateTenantZones,
  updateZones,
} from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'
import type { OptionService } from './option-service.js'

/** General options and zones: the installation's, and what a tenant adds (rest.md 2.8, 2.9). */
export function optionRoutes(options: OptionService): Implementation[] {
  return [
    implement(getGeneralOptions, async (call) => {
      const current = await options.options(call.tenantId)
      return call.tagged(current, { options: Object.fromEntries(current.map(({ key, value }) => [key, value])) })
    }),
    implement(updateGeneralOptions, async (call) => {
      await options.replaceOptions(call.tenantId, call.body(), call.precondition())
      return {}
    }),
    implement(getZones, async (call) => {
      const items = await options.zones(call.tenantId, null)
      return call.tagged(items, { items })
    }),
    implement(updateZones, async (call) => {
      await options.replaceZones(call.tenantId, null, call.body(), call.precondition())
      return {}
    }),
    implement(getTenantZones, async (call) => {
      const items = await options.zones(call.tenantId, call.tenantId)
      return call.tagged(items, { items })
    }),
    implement(updateTenantZones, async (call) => {
      await options.replaceZones(call.tenantId, call.tenantId, call.body(), call.precondition())
      return {}
    }),
  ]
}
