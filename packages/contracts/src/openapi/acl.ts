import { API_ROUTES } from '../rest/all.js'
import { fullPath, operationIdOf } from './operation.js'

/** The table of `docs/acl.md`: which access each operation asks of a token. */
export function aclTable(): string {
  const rows = Object.values(API_ROUTES)
    .flat()
    .map((route) => {
      const access = route.acl === null ? 'none' : `\`${route.acl}\``
      return `| \`${route.method} ${fullPath(route)}\` | ${access} | ${operationIdOf(route)} |`
    })
  return ['| operation | access | id |', '| --- | --- | --- |', ...rows].join('\n')
}
