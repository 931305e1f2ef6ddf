export { API_ROUTES } from './all.js'
export * from './auth.js'
export { CALL_LOGD_ROUTES, listTranscriptions, type TranscriptionView } from './call-logd.js'
export * from './calld.js'
export { type ErasureReport, eraseCaller, exportCaller, exportVoicemail, importVoicemail } from './calld-archives.js'
export { listOwnMailboxes, listOwnMessages, listTenantMessages, type ReachedMailboxView } from './calld-lists.js'
export { deleteTranscription, putTranscription, type TranscriptionInput } from './calld-transcriptions.js'
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
export {
  API_BASE,
  type ApiName,
  type BodyOf,
  isStreamed,
  type ParamKind,
  type QueryOf,
  type RouteContract,
} from './route.js'
export * from './status.js'
