export { API_ROUTES } from './all.js'
export { AUTH_ROUTES } from './auth.js'
export * from './auth-policies.js'
export * from './auth-refresh-tokens.js'
export * from './auth-sessions.js'
export { getAuthStatus } from './auth-status.js'
export * from './auth-tenants.js'
export { createWsTicket } from './auth-tickets.js'
export * from './auth-tokens.js'
export * from './auth-users.js'
export * from './calld.js'
export { CONFD_ROUTES } from './confd.js'
export * from './confd-contexts.js'
export * from './confd-devices.js'
export { getInfos, WAZO_VERSION } from './confd-infos.js'
export * from './confd-users.js'
export * from './confd-voicemail-options.js'
export * from './confd-voicemail-settings.js'
export * from './confd-voicemail-trash.js'
export * from './confd-voicemails.js'
export * from './documents.js'
export { type EventPageView, listEvents } from './events.js'
export {
  API_BASE,
  type ApiName,
  type BodyOf,
  type ErrorEnvelope,
  type ParamKind,
  type QueryOf,
  type RouteContract,
  routesOf,
} from './route.js'
export * from './status.js'
