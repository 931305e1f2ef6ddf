import type { QueryOf, RouteContract } from '@lamplighter/contracts'
import { InvalidInputError } from '@lamplighter/domain'
import type { Call } from '@lamplighter/http'
import { type AuthListQuery, onlyTenant, type TenantScope, tenantSubtree } from '@lamplighter/store'

/** The checked query of a list. @throws InvalidInputError `invalid-list-param` (rest.md 4.4) */
export function readListQuery<Route extends RouteContract>(call: Call<Route>): QueryOf<Route> {
  try {
    return call.query()
  } catch (error) {
    if (error instanceof InvalidInputError) throw invalidListParameter(error.fields)
    throw error
  }
}

/** A parameter of a list does not fit. */
export function invalidListParameter(fields: InvalidInputError['fields']): InvalidInputError {
  return new InvalidInputError(fields, 'invalid-list-param')
}

type ListParameters<Column> = {
  readonly limit?: number
  readonly offset?: number
  readonly order?: Column
  readonly direction?: 'asc' | 'desc'
  readonly search?: string
}

/** What every list has, with its defaults. */
export function toListQuery<Column extends string>(parameters: ListParameters<Column>): AuthListQuery<Column> {
  const { limit, offset = 0, order, direction = 'asc', search } = parameters
  return { limit, offset, order, direction, search }
}

/** The given keys that have a value: a list's exact filters. */
export function toFilters<Key extends string>(
  parameters: Readonly<Partial<Record<Key, string>>>,
  keys: readonly Key[],
): Partial<Record<Key, string>> {
  const filters: Partial<Record<Key, string>> = {}
  for (const key of keys) {
    const value = parameters[key]
    if (value !== undefined) filters[key] = value
  }
  return filters
}

/** The effective tenant, with `recurse` also those below it. */
export function listScope(call: Pick<Call, 'tenantId'>, recurse: boolean | undefined): TenantScope {
  return recurse ? tenantSubtree(call.tenantId) : onlyTenant(call.tenantId)
}
