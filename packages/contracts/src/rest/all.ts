import { ARI_ROUTES } from './ari.js'
import { AUTH_ROUTES } from './auth.js'
import { CALL_LOGD_ROUTES } from './call-logd.js'
import { CALLD_ROUTES } from './calld.js'
import { CONFD_ROUTES } from './confd.js'
import { DOCUMENT_ROUTES } from './documents.js'
import { EVENT_ROUTES } from './events.js'
import type { ApiName, RouteContract } from './route.js'

/** Every operation of every API: what is mounted, documented and guarded, and nothing else. */
export const API_ROUTES: Readonly<Record<ApiName, readonly RouteContract[]>> = {
  auth: [...AUTH_ROUTES, DOCUMENT_ROUTES.auth],
  confd: [...CONFD_ROUTES, DOCUMENT_ROUTES.confd],
  calld: [...CALLD_ROUTES, DOCUMENT_ROUTES.calld],
  events: [...EVENT_ROUTES, DOCUMENT_ROUTES.events],
  ari: [...ARI_ROUTES, DOCUMENT_ROUTES.ari],
  'call-logd': [...CALL_LOGD_ROUTES, DOCUMENT_ROUTES['call-logd']],
}
