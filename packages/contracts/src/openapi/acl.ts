import { API_ROUTES } from '../rest/all.js'
import type { RouteContract } from '../rest/route.js'
import { fullPath, operationIdOf } from './operation.js'

/** The table of `docs/acl.md`: which access each operation asks of a token. */
export function aclTable(): string {
  const rows = Object.values(API_ROUTES)
    .flat()
    .map((route) => {
      return `| \`${route.method} ${fullPath(route)}\` | ${accessOf(route)} | ${operationIdOf(route)} |`
    })
  return ['| operation | access | id |', '| --- | --- | --- |', ...rows].join('\n')
}

function accessOf({ acl, otherAcls, masterOnly, furtherAcl }: RouteContract): string {
  if (acl === null) return 'none'
  const accepted = [acl, ...otherAcls].map((one) => `\`${one}\``).join(' or ')
  const further = furtherAcl ? `, for some requests also \`${furtherAcl}\`` : ''
  return `${accepted}${masterOnly ? ', in the master tenant' : ''}${further}`
}
