export type { Acl, AclIdentity } from './acl.js'
export {
  type BindingDecision,
  type BindingKey,
  type BindingPrincipal,
  decideBinding,
  readBindingKey,
} from './binding.js'
export { hashConsumerPassword, isConsumerPassword, newConsumerPassword } from './consumer-secret.js'
export { ExpiringCache } from './expiring-cache.js'
export { decideInclusion, type Grantor, type Inclusion } from './inclusion.js'
export { deriveKeys, type InstallationKeys } from './keys.js'
export { type RecordingLink, RecordingLinks } from './recording-link.js'
export { hashRefreshToken, RefreshTokenIssuer } from './refresh-token.js'
export { requiredAccess } from './required-access.js'
export { SecretBox } from './sealed-secret.js'
export { hashSecret, verifySecret } from './secret.js'
export { createTicket, hashTicket } from './ticket.js'
export { type Principal, TokenIssuer, TokenVerifier, toPrincipal } from './token.js'
