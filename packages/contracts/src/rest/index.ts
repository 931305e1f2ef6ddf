export * from './auth.js'
export * from './calld.js'
export * from './calld-audit.js'
export {
  type BulkRequest,
  changeOwnMessages,
  changeVoicemailMessages,
  getOwnTrash,
  getVoicemailTrash,
  holdVoicemailMessage,
  PURGE_ACL,
  releaseVoicemailMessage,
  restoreOwnMessage,
  restoreVoicemailMessage,
  type TrashedMessageView,
  type TrashView,
} from './calld-trash.js'
export { CONFD_ROUTES } from './confd.js'
export * from './confd-contexts.js'
export * from './confd-devices.js'
export * from './confd-users.js'
export * from './confd-voicemails.js'
export { API_BASE, type ApiName, type BodyOf, type ParamKind, type QueryOf, type RouteContract } from './route.js'
