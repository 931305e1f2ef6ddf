import type { Principal } from '@lamplighter/access'
import type { Audience } from './audience.js'
import type { OutgoingEvent } from './outgoing-event.js'

/** Lists of patterns kept once each; beyond this many they are kept per session. */
const MAX_LISTS = 10_000

/** One text per list of patterns, the same instance for everyone who has the list. */
export class PatternLists {
  readonly #known = new Map<string, string>()

  /** The text that stands for a list. */
  keyOf(acl: readonly string[]): string {
    const key = acl.join('\n')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= MAX_LISTS) this.#known.clear()
    this.#known.set(key, key)
    return key
  }
}

/** Somebody who looks at events: a principal, and what its patterns say of an event. */
export class Viewer {
  readonly principal: Principal
  readonly #patterns: string

  constructor(principal: Principal, lists: PatternLists) {
    this.principal = principal
    this.#patterns = lists.keyOf(principal.acl)
  }

  /** Whether it sees all users of its tenant, not only its own. */
  get seesAllUsers(): boolean {
    const { admin, purpose, tenantIsMaster } = this.principal
    return tenantIsMaster || admin || purpose !== 'user'
  }

  /**
   * Whether it is among the audience (bus.md 3.3): the master tenant sees everything; admins and services see their
   * tenant; everybody else what is theirs or everyone's.
   */
  isAddressed({ tenant, everyone, users }: Audience): boolean {
    const { tenantIsMaster, tenantId, userId } = this.principal
    if (tenantIsMaster) return true
    return tenant === tenantId && (this.seesAllUsers || everyone || users.has(userId))
  }

  /** Whether its ACL grants the access the event asks for. */
  allows(event: OutgoingEvent): boolean {
    const { requiredAcl } = event.audience
    if (requiredAcl === undefined) return false
    if (requiredAcl === null) return true
    const { userId, sessionId } = this.principal
    // `me` and `my_session` can only matter where the id stands in the access; else the list decides alike for all.
    if (requiredAcl.includes(userId) || requiredAcl.includes(sessionId)) return this.principal.allows(requiredAcl)
    return event.decide(this.#patterns, () => this.principal.allows(requiredAcl))
  }
}
