export { type Clock, systemClock, VirtualClock } from './clock.js'
export { answerChallenge } from './digest/client.js'
export { computeHa1, type DigestAlgorithm } from './digest/hash.js'
export { NonceFactory } from './digest/nonce.js'
export { type AlgorithmShare, type DigestAccount, DigestAuthenticator } from './digest/server.js'
export { DIALOG, DIALOG_INFO_TYPE, formatDialogInfo } from './event-packages/dialog-info.js'
export { type HeardSummary, hasMessageSummary, readHeardSummary } from './event-packages/heard-summary.js'
export {
  formatMessageSummary,
  MESSAGE_SUMMARY,
  MESSAGE_SUMMARY_TYPE,
  readMessageSummary,
} from './event-packages/message-summary.js'
export {
  EVENT_LIST,
  formatResourceList,
  MULTIPART_RELATED_TYPE,
  RLMI_TYPE,
  resourceListType,
} from './event-packages/resource-list.js'
export {
  contactsOf,
  cseqNumberOf,
  eventOf,
  listItems,
  parseNameAddress,
  parseSeconds,
  parseSubscriptionState,
  partyOf,
  requestUri,
} from './message/fields.js'
export { Headers } from './message/headers.js'
export type { SipRequest } from './message/message.js'
export { parseUri, type SipUri } from './message/uri.js'
export { type LampReport, type PhoneAccount, PhoneError, SoftPhone } from './phone/soft-phone.js'
export { type Binding, bindingKey, isBoundToFlow } from './registrar/binding.js'
export { FLOW_TIMER_SEC, supports } from './registrar/outbound.js'
export { applyRegister, type BindingChange, REGISTRATION_EXPIRY } from './registrar/registrar.js'
export {
  createDialog,
  type Dialog,
  dialogRequest,
  LAST_SEQUENCE,
  nextHop,
  notifyCSeq,
  refreshDialog,
} from './subscription/dialog.js'
export { DEFAULT_EXPIRY, EXPIRY_GRACE_MS, type ExpiryPolicy, grantExpiry } from './subscription/expiry.js'
export {
  type Content,
  type EndReason,
  type NotifierEvent,
  type NotifierState,
  newestNotify,
  newNotifier,
  stepNotifier,
} from './subscription/notifier.js'
export {
  newSubscriber,
  type SubscriberEvent,
  type SubscriberSettings,
  type SubscriberState,
  stepSubscriber,
} from './subscription/subscriber.js'
export { StreamTransport } from './transport/stream-transport.js'
export { TlsCredentials, type TlsIdentity, type TlsSettings } from './transport/tls-settings.js'
export {
  type RemoteAddress,
  readTransportName,
  type Transport,
  type TransportListener,
  type TransportName,
} from './transport/transport.js'
export { UdpTransport } from './transport/udp.js'
export { type SipSocket, WebSocketTransport } from './transport/web-socket-transport.js'
export { unsolicitedNotify } from './unsolicited/request.js'
export {
  doubtUnsolicited,
  isTold,
  newestUnsolicited,
  newUnsolicited,
  stepUnsolicited,
  type UnsolicitedEvent,
  type UnsolicitedState,
} from './unsolicited/unsolicited.js'
export { newTag } from './user-agent/responses.js'
export { type IncomingRequest, SipStack } from './user-agent/sip-stack.js'
