/** An event as this consumer reads it. */
export type Said = { readonly tenant: string; readonly name: string; readonly data: Readonly<Record<string, unknown>> }

const COUNTS = ['new', 'old', 'urgent_new', 'urgent_old'] as const
type Counts = Record<(typeof COUNTS)[number], number>

/** The latest counts of a mailbox: `own` is the user's own event and not the tenant's. */
type Latest = { readonly version: number; readonly own: boolean; readonly counts: Counts }

/**
 * What users believe who know of counts only what `*_mwi_updated` tell them (docs/events.md): the highest version is the
 * truth, of one version their own, and what was heard before changes nothing.
 */
export class CountsBelief {
  readonly #tenants: readonly string[]
  readonly #users: readonly string[]
  /** By user, and by mailbox therein. */
  readonly #latest: readonly Map<number, Latest>[]

  /** @param tenants of each of the users */
  constructor(tenants: readonly string[], users: readonly string[]) {
    this.#tenants = tenants
    this.#users = users
    this.#latest = users.map(() => new Map())
  }

  hear(events: readonly Said[]): void {
    for (const event of events) for (const index of this.#users.keys()) this.#offer(index, event)
  }

  /** What waits for a user in all mailboxes together. */
  of(index: number): Counts {
    const all = [...(this.#latest[index]?.values() ?? [])]
    const sum = (count: keyof Counts) => all.reduce((total, { counts }) => total + counts[count], 0)
    return { new: sum('new'), old: sum('old'), urgent_new: sum('urgent_new'), urgent_old: sum('urgent_old') }
  }

  #offer(index: number, { tenant, name, data }: Said): void {
    const own = name === 'user_voicemail_mwi_updated' && data['user_uuid'] === this.#users[index]
    const shared = name === 'global_voicemail_mwi_updated' && tenant === this.#tenants[index]
    if (!own && !shared) return
    const [mailbox, version] = [Number(data['voicemail_id']), Number(data['version'])]
    const known = this.#latest[index]?.get(mailbox)
    if (known && (known.version > version || (known.version === version && (known.own || !own)))) return
    const counts = Object.fromEntries(COUNTS.map((count) => [count, Number(data[count])])) as Counts
    this.#latest[index]?.set(mailbox, { version, own, counts })
  }
}
