import { ResourceError } from '@lamplighter/domain'

/** Unknown, or outside what the caller may see. */
export function unknownUser(uuid: string): ResourceError {
  return new ResourceError('users', 'unknown-user', 'there is no such user', { uuid })
}

/** Unknown, or outside what the caller may see. */
export function unknownTenant(uuid: string): ResourceError {
  return new ResourceError('tenants', 'unknown-tenant', 'there is no such tenant', { uuid })
}

/** Unknown, or outside what the caller may see. */
export function unknownPolicy(uuid: string): ResourceError {
  return new ResourceError('policies', 'unknown-policy', 'there is no such policy', { uuid })
}
