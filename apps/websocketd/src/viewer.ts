import type { Principal } from '@lamplighter/access'
import { SERVICE_EVENTS_ACCESS } from '@lamplighter/contracts'
import type { TenantId } from '@lamplighter/domain'
import type { Audience } from './audience.js'
import type { OutgoingEvent } from './outgoing-event.js'

/** Somebody who looks at events: a principal, and what its patterns say of an event. */
export class Viewer {
  /** In the tenant that is looked at. */
  readonly principal: Principal
  /** The tenant its rights come from. */
  readonly homeTenantId: TenantId

  /** @param tenantId that is looked at, where it is another than the principal's: the master's look at everything ends there */
  constructor(principal: Principal, tenantId: TenantId = principal.tenantId) {
    this.homeTenantId = principal.tenantId
    this.principal = tenantId === principal.tenantId ? principal : { ...principal, tenantId, tenantIsMaster: false }
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

  /** Whether its ACL grants the access the event asks for; service events ask for one more (bus.md 6.2, 22). */
  allows(event: OutgoingEvent): boolean {
    const { requiredAcl, tenant } = event.audience
    if (requiredAcl === undefined) return false
    if (tenant === null && !this.principal.allows(SERVICE_EVENTS_ACCESS)) return false
    if (requiredAcl === null) return true
    const { userId, sessionId } = this.principal
    // `me` and `my_session` can only matter where the id stands in the access; else the list decides alike for all.
    if (requiredAcl.includes(userId) || requiredAcl.includes(sessionId)) return this.principal.allows(requiredAcl)
    return event.decide(this.principal.acl, () => this.principal.allows(requiredAcl))
  }
}
