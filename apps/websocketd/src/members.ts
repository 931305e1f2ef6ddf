import { ExpiringCache } from '@lamplighter/access'
import { CLOSE, type CloseReason } from '@lamplighter/contracts'
import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import { Expiry } from './expiry.js'
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

/** The members of one tenant: all of them, and among them those who see every user. */
type Tenant = { readonly all: Set<Member>; readonly wide: Set<Member> }

/** Longer than any look-up of a session takes, and how many ended ones are remembered. */
const ENDED_MS = 60_000
const MOST_ENDED = 20_000
const NOBODY: readonly Member[] = []

/**
 * Everybody this process delivers to, found by audience: an event for one user costs what that user's sockets cost.
 * Each is let go when its session's time is over.
 */
export class Members {
  readonly #all = new Set<Member>()
  readonly #masters = new Set<Member>()
  readonly #tenants = new Map<TenantId, Tenant>()
  /** A list is replaced, never changed: it may be under way. Most have one member, and a list weighs less than a set. */
  readonly #byUser = new Map<UserId, readonly Member[]>()
  /** A session whose look-up was under way when it ended may come in afterwards. */
  readonly #ended = new ExpiringCache<SessionId, true>(MOST_ENDED, ENDED_MS)
  readonly #expiry = new Expiry((now) => this.#endExpired(now))

  /** How many members a user has. */
  countOf(userId: UserId): number {
    return this.#ofUser(userId).length
  }

  [Symbol.iterator](): IterableIterator<Member> {
    return this.#all.values()
  }

  /** Lets go whose session this is, and whoever still comes with it. */
  endSession(sessionId: SessionId): void {
    this.#ended.set(sessionId, true)
    const concerned = [...this.#all].filter(({ viewer }) => viewer.principal.sessionId === sessionId)
    for (const member of concerned) this.#endIfOver(member)
  }

  add(member: Member): void {
    const { userId } = member.viewer.principal
    this.#all.add(member)
    this.#byUser.set(userId, [...this.#ofUser(userId), member])
    this.#place(member)
    this.#endIfOver(member)
  }

  /** Nothing happens to one who is not here. */
  remove(member: Member): void {
    if (!this.#all.delete(member)) return
    const { userId } = member.viewer.principal
    const others = this.#ofUser(userId).filter((one) => one !== member)
    if (others.length > 0) this.#byUser.set(userId, others)
    else this.#byUser.delete(userId)
    this.#unplace(member)
  }

  /** Gives a member its new rights and its new place. */
  renew(member: Member, viewer: Viewer): void {
    this.#unplace(member)
    member.renew(viewer)
    if (this.#all.has(member)) this.#place(member)
    this.#endIfOver(member)
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
    for (const user of users) {
      for (const member of this.#ofUser(user as UserId)) if (isOnlyUserOf(tenant, member)) member.offer(event)
    }
  }

  #endIfOver(member: Member): void {
    if (this.#ended.get(member.viewer.principal.sessionId)) member.close(CLOSE.authenticationExpired)
  }

  #ofUser(userId: UserId): readonly Member[] {
    return this.#byUser.get(userId) ?? NOBODY
  }

  #place(member: Member): void {
    const { tenantIsMaster, tenantId, expiresAt } = member.viewer.principal
    this.#expiry.watch(expiresAt.getTime())
    if (tenantIsMaster) {
      this.#masters.add(member)
      return
    }
    const tenant = this.#tenants.get(tenantId) ?? { all: new Set(), wide: new Set() }
    this.#tenants.set(tenantId, tenant)
    tenant.all.add(member)
    if (member.viewer.seesAllUsers) tenant.wide.add(member)
  }

  #unplace(member: Member): void {
    const { tenantId } = member.viewer.principal
    this.#masters.delete(member)
    const tenant = this.#tenants.get(tenantId)
    if (!tenant) return
    tenant.all.delete(member)
    tenant.wide.delete(member)
    if (tenant.all.size === 0) this.#tenants.delete(tenantId)
  }

  /** @returns when the next one's time is over */
  #endExpired(now: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const member of this.#all) {
      const at = member.viewer.principal.expiresAt.getTime()
      if (at <= now) member.close(CLOSE.authenticationExpired)
      else if (at < next) next = at
    }
    return next
  }
}

/** Those who see all users got the event already. */
function isOnlyUserOf({ all, wide }: Tenant, member: Member): boolean {
  return all.has(member) && !wide.has(member)
}
