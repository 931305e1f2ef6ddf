import { API_BASE, type ApiName, buildSwagger, DOCUMENT_ROUTES } from '@lamplighter/contracts'
import { stringify } from 'yaml'
import type { Implementation } from './implementation.js'
import { PublicBase } from './public-url.js'

/** Answers `GET <base>/api/api.yml` (rest.md 1.1): the API in Swagger 2.0, without token, where the proxy shows it. */
export function apiDocument(api: ApiName): Implementation {
  let text: string | undefined
  return {
    contract: DOCUMENT_ROUTES[api],
    handle: ({ request }) => {
      // Made when first asked for: few ever ask.
      text ??= stringify(buildSwagger(api), { aliasDuplicateObjects: false })
      const basePath = stringify({ basePath: new PublicBase(request, api).path(API_BASE[api]) })
      return { headers: { 'content-type': 'application/x-yaml' }, body: basePath + text }
    },
  }
}
