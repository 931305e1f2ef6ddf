export { API_ROUTES } from './all.js'
export {
  ARI_ROUTES,
  type AriMailboxView,
  deleteAriMailbox,
  getAriMailbox,
  listAriMailboxes,
  updateAriMailbox,
} from './ari.js'
export { AUTH_ROUTES } from './auth.js'
export * from './auth-policies.js'
export * from './auth-refresh-tokens.js'
export * from './auth-sessions.js'
export { getAuthStatus } from './auth-status.js'
export * from './auth-tenants.js'
export { createWsTicket } from './auth-tickets.js'
export * from './auth-tokens.js'
export * from './auth-users.js'
export { CALL_LOGD_ROUTES, listTranscriptions, type TranscriptionView } from './call-logd.js'
export * from './calld.js'
export { type ErasureReport, eraseCaller, exportCaller, exportVoicemail, importVoicemail } from './calld-archives.js'
export * from './calld-audit.js'
export * from './calld-greetings.js'
export {
  getLamp,
  getLampTrace,
  getOwnLamp,
  getOwnLampTrace,
  type LampTraceView,
  type LampView,
  listLamps,
  listOwnLamps,
  reassertDeviceLamps,
  reassertLamp,
  reassertLamps,
  reassertOwnLamp,
  reassertVoicemailLamps,
} from './calld-lamps.js'
export { listOwnMailboxes, listOwnMessages, listTenantMessages, type ReachedMailboxView } from './calld-lists.js'
export {
  createOwnRecordingLink,
  createVoicemailRecordingLink,
  getLinkedRecording,
} from './calld-recording-links.js'
export {
  claimOwnMessage,
  claimVoicemailMessage,
  type FlagsInput,
  type ForwardInput,
  forwardOwnMessage,
  forwardVoicemailMessage,
  releaseOwnClaim,
  releaseVoicemailClaim,
  type StatusInput,
  setOwnMessageFlags,
  setOwnMessageStatus,
  setVoicemailMessageFlags,
  setVoicemailMessageStatus,
} from './calld-team.js'
export { deleteTranscription, putTranscription, type TranscriptionInput } from './calld-transcriptions.js'
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
export {
  type DeadLetterView,
  deleteDeadLetter,
  getDeadLetter,
  listDeadLetters,
  redriveDeadLetter,
} from './confd-dead-letters.js'
export { type DeviceExplanationView, explainDevice } from './confd-device-explanation.js'
export * from './confd-devices.js'
export * from './confd-event-consumers.js'
export {
  createGateway,
  deleteGateway,
  deleteGatewayAddress,
  GATEWAY_COLUMNS,
  type GatewayInput,
  type GatewayView,
  getGateway,
  listGatewayAddresses,
  listGateways,
  putGatewayAddress,
  reassertGateway,
  updateGateway,
} from './confd-gateways.js'
export { getInfos, WAZO_VERSION } from './confd-infos.js'
export * from './confd-members.js'
export {
  createMwiPolicy,
  deleteMwiPolicy,
  getMwiPolicy,
  getVoicemailMwiSwitches,
  listMwiPolicies,
  MWI_POLICY_COLUMNS,
  type MwiPolicyInput,
  type MwiPolicyView,
  type MwiSwitchesView,
  updateMwiPolicy,
} from './confd-mwi-policies.js'
export * from './confd-mwi-sources.js'
export * from './confd-pins.js'
export * from './confd-users.js'
export * from './confd-voicemail-options.js'
export { resetVoicemail } from './confd-voicemail-reset.js'
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
  isStreamed,
  type ParamKind,
  type QueryOf,
  type RouteContract,
  routesOf,
} from './route.js'
export { type ExternalView, toExternalView } from './schemas.js'
export * from './status.js'
