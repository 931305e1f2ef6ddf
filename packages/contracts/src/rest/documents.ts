import { type ApiName, type RouteContract, routesOf } from './route.js'

function documentOf(api: ApiName, path = '/api/api.yml'): RouteContract {
  return routesOf(api)({
    method: 'GET',
    path,
    acl: null,
    summary: `Read the description of this API (Swagger 2.0)`,
    success: 200,
    produces: 'application/x-yaml',
  })
}

/** The description of authd (rest.md 1.1). */
export const getAuthDocument = documentOf('auth')
/** The description of confd. */
export const getConfdDocument = documentOf('confd')
/** The description of calld. */
export const getCalldDocument = documentOf('calld')
/** The description of the event log, which shares its base with the other APIs. */
export const getEventsDocument = documentOf('events', '/events/api/api.yml')

/** The description of what we have of call-logd. */
export const getCallLogdDocument = documentOf('call-logd')

/** The description of what we have of the ARI. */
export const getAriDocument = documentOf('ari')

/** What describes each API; mounted with it. */
export const DOCUMENT_ROUTES: Readonly<Record<ApiName, RouteContract>> = {
  auth: getAuthDocument,
  confd: getConfdDocument,
  calld: getCalldDocument,
  events: getEventsDocument,
  ari: getAriDocument,
  'call-logd': getCallLogdDocument,
}
