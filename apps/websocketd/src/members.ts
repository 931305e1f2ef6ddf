import type { CloseReason } from '@lamplighter/contracts'
import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import type { OutgoingEvent } from './outgoing-event.js'
import type { Viewer } from './viewer.js'

/** Somebody events are delivered to: a socket or a stream. */
export type Member = {
  readonly viewer: Viewer
  /** Takes an event it is addressed by, if it wants and may have it. */
  offer(event: OutgoingEvent): void
  /** Its rights changed. The same user and tenant stand behind it. */
  renew(viewer: Viewer): void
  /** Sees that the other side is still there. */
  ping(): void
  close(reason: CloseReason): void
}

/** The members of one tenant: all of them, those who see every user, and the others by user. */
type Tenant = {
  readonly all: Set<Member>
  readonly wide: Set<Member>
  readonly byUser: Map<UserId, Set<Member>>
}

/** Everybody this process delivers to, found by audience: an event for one user costs what that user's sockets cost. */
export class Members {
  readonly #all = new Set<Member>()
  readonly #masters = new Set<Member>()
  readonly #tenants = new Map<TenantId, Tenant>()
  readonly #perUser = new Map<UserId, number>()

  get size(): number {
    return this.#all.size
  }

  [Symbol.iterator](): IterableIterator<Member> {
    return this.#all.values()
  }

  /** How many members a user has. */
  countOf(userId: UserId): number {
    return this.#perUser.get(userId) ?? 0
  }

  /** Members whose session this is. */
  ofSession(sessionId: SessionId): Member[] {
    return [...this.#all].filter(({ viewer }) => viewer.principal.sessionId === sessionId)
  }

  add(member: Member): void {
    this.#all.add(member)
    this.#count(member, 1)
    this.#place(member)
  }

  /** Nothing happens to one who is not here. */
  remove(member: Member): void {
    if (!this.#all.delete(member)) return
    this.#count(member, -1)
    this.#unplace(member)
  }

  /** Gives a member its new rights and its new place. */
  renew(member: Member, viewer: Viewer): void {
    this.#unplace(member)
    member.renew(viewer)
    if (this.#all.has(member)) this.#place(member)
  }

  /** Offers an event to everybody it is addressed to, each once. */
  dispatch(event: OutgoingEvent): void {
    for (const member of this.#masters) member.offer(event)
    const { tenant: tenantId, everyone, users } = event.audience
    const tenant = tenantId === null ? undefined : this.#tenants.get(tenantId as TenantId)
    if (!tenant) return
    if (everyone) {
      for (const member of tenant.all) member.offer(event)
      return
    }
    for (const member of tenant.wide) member.offer(event)
    for (const user of users) for (const member of tenant.byUser.get(user as UserId) ?? []) member.offer(event)
  }

  #place(member: Member): void {
    const { tenantIsMaster, tenantId, userId } = member.viewer.principal
    if (tenantIsMaster) {
      this.#masters.add(member)
      return
    }
    const tenant = this.#tenants.get(tenantId) ?? { all: new Set(), wide: new Set(), byUser: new Map() }
    this.#tenants.set(tenantId, tenant)
    tenant.all.add(member)
    if (member.viewer.seesAllUsers) {
      tenant.wide.add(member)
      return
    }
    const own = tenant.byUser.get(userId) ?? new Set()
    tenant.byUser.set(userId, own)
    own.add(member)
  }

  #unplace(member: Member): void {
    const { tenantId, userId } = member.viewer.principal
    this.#masters.delete(member)
    const tenant = this.#tenants.get(tenantId)
    if (!tenant) return
    tenant.all.delete(member)
    tenant.wide.delete(member)
    const own = tenant.byUser.get(userId)
    own?.delete(member)
    if (own?.size === 0) tenant.byUser.delete(userId)
    if (tenant.all.size === 0) this.#tenants.delete(tenantId)
  }

  #count({ viewer }: Member, by: number): void {
    const { userId } = viewer.principal
    const count = this.countOf(userId) + by
    if (count === 0) this.#perUser.delete(userId)
    else this.#perUser.set(userId, count)
  }
}
