import {
  draft,
  type EventDraft,
  type GeneralOptionsInput,
  voicemailGeneralEdited,
  voicemailTenantZonesEdited,
  voicemailZonesEdited,
  type ZonesInput,
} from '@lamplighter/contracts'
import type { Precondition, TenantId } from '@lamplighter/domain'
import { type GeneralOption, onlyTenant, type Store, type ZoneMessage, type ZoneOwner } from '@lamplighter/store'

/** Replaces general options and zones as a whole; what stays as it was is not said. */
export class OptionService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The general options of the installation, by name. */
  options(tenantId: TenantId): Promise<GeneralOption[]> {
    return this.#store.configuration(onlyTenant(tenantId)).options.list()
  }

  /** Replaces the general options. */
  async replaceOptions(tenantId: TenantId, input: GeneralOptionsInput, precondition: Precondition): Promise<void> {
    const wanted = optionsOf(input)
    await this.#store.changeConfiguration(onlyTenant(tenantId), async ({ options, outbox }) => {
      await options.lock()
      const current = await options.list()
      precondition(current)
      if (sameOptions(current, wanted)) return
      await options.replace(wanted)
      outbox.add([draft(voicemailGeneralEdited, {}, {})])
    })
  }

  /** The zones of an owner, in their order. */
  zones(tenantId: TenantId, owner: ZoneOwner): Promise<ZoneMessage[]> {
    return this.#store.configuration(onlyTenant(tenantId)).zones.list(owner)
  }

  /** Replaces the zones of an owner. @throws RuleError when a mailbox has the timezone of one that goes */
  async replaceZones(
    tenantId: TenantId,
    owner: ZoneOwner,
    input: ZonesInput,
    precondition: Precondition,
  ): Promise<void> {
    // An empty text reads back as null (rest.md 2.9).
    const wanted = input.items.map(({ name, timezone, message }) => ({ name, timezone, message: message || null }))
    await this.#store.changeConfiguration(onlyTenant(tenantId), async ({ zones, outbox }) => {
      await zones.lock()
      const current = await zones.list(owner)
      precondition(current)
      if (JSON.stringify(current) === JSON.stringify(wanted)) return
      await zones.replace(owner, wanted)
      outbox.add([zonesEdited(owner)])
    })
  }
}

function zonesEdited(owner: ZoneOwner): EventDraft {
  return owner === null ? draft(voicemailZonesEdited, {}, {}) : draft(voicemailTenantZonesEdited, { tenant: owner }, {})
}

/** By name; of a name that the list form gives twice, the last one counts. */
function optionsOf({ options }: GeneralOptionsInput): GeneralOption[] {
  const pairs = Array.isArray(options) ? options : Object.entries(options).map(([key, value]) => ({ key, value }))
  return [...new Map(pairs.map(({ key, value }) => [key, value]))].map(([key, value]) => ({ key, value }))
}

function sameOptions(current: readonly GeneralOption[], wanted: readonly GeneralOption[]): boolean {
  const values = new Map(current.map(({ key, value }) => [key, value]))
  return current.length === wanted.length && wanted.every(({ key, value }) => values.get(key) === value)
}
