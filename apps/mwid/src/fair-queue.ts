/** What goes first: a change that was just made, then what is lit, then what is dark. */
export type Lane = 'live' | 'lit' | 'dark'

const LANES: readonly Lane[] = ['live', 'lit', 'dark']

/** Whether the first lane goes before the second. */
export function goesBefore(one: Lane, other: Lane): boolean {
  return LANES.indexOf(one) < LANES.indexOf(other)
}

/** Something that waits, as far as it decides when it goes. */
export type Queued = { readonly lane: Lane; readonly tenant: string }

/** Waiting things: by lane, within a lane one of each tenant in turn, within a tenant in the order they came. */
export class FairQueue<Item extends Queued> {
  readonly #lanes = new Map<Lane, Map<string, Set<Item>>>(LANES.map((lane) => [lane, new Map()]))
  #size = 0

  /** How many wait. */
  get size(): number {
    return this.#size
  }

  add(item: Item): void {
    const tenants = this.#tenants(item.lane)
    const own = tenants.get(item.tenant)
    if (own) own.add(item)
    else tenants.set(item.tenant, new Set([item]))
    this.#size++
  }

  /** Takes one out of turn. False when it does not wait here. */
  delete(item: Item): boolean {
    const tenants = this.#tenants(item.lane)
    const own = tenants.get(item.tenant)
    if (!own?.delete(item)) return false
    if (own.size === 0) tenants.delete(item.tenant)
    this.#size--
    return true
  }

  /** Takes whose turn it is; its tenant is the last in its lane then. */
  shift(): Item | undefined {
    for (const tenants of this.#lanes.values()) {
      for (const [tenant, own] of tenants) {
        const [item] = own
        if (!item) continue
        this.delete(item)
        tenants.delete(tenant)
        if (own.size > 0) tenants.set(tenant, own)
        return item
      }
    }
    return undefined
  }

  #tenants(lane: Lane): Map<string, Set<Item>> {
    return this.#lanes.get(lane) as Map<string, Set<Item>>
  }
}
