import type { Actor, TenantId } from '@lamplighter/domain'

/**
 * Whose rows a call may see: always one tenant, and with `subtree` also its descendants (rest.md 1.5). Repositories are
 * made for a scope, so no query can be written without one.
 */
export type TenantScope = {
  readonly tenantId: TenantId
  readonly subtree: boolean
  /** Who calls, for what the audit log says of a change; absent where nothing is changed. */
  readonly actor?: Actor
}

/** Prisma filter for rows with a `tenant` relation. */
export function withinTenant(scope: TenantScope) {
  return scope.subtree
    ? { tenant: { ancestors: { has: scope.tenantId as string } } }
    : { tenantUuid: scope.tenantId as string }
}

/** The scope of one tenant without its descendants; `actor` when something is changed in it. */
export function onlyTenant(tenantId: TenantId, actor?: Actor): TenantScope {
  return { tenantId, subtree: false, ...(actor && { actor }) }
}

/** The scope of a tenant and everything below it; `actor` when something is changed in it. */
export function tenantSubtree(tenantId: TenantId, actor?: Actor): TenantScope {
  return { tenantId, subtree: true, ...(actor && { actor }) }
}
