import type { EventHeaders } from './envelope.js'
import { INTERNAL_EVENTS } from './internal.js'

/** AMQP takes no longer key. */
const MAX_KEY_BYTES = 255
/** For whoever sees all of the tenant, and nobody else. */
const FOR_SEERS = 'svc'
const USER_PREFIX = 'user_uuid:'
/** What values are escaped to keep out, and what no access holds. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNUSUAL = /[*#\u0000-\u001f\u007f]/

/**
 * The key of an event on the topic exchange of tenants, `<tenant>.<audience>.<required_acl>` (bus.md 5.8.2). Undefined
 * for what does not go there: events of no tenant, of several users, without an access, or with a key over 255 bytes.
 * A key is never cut: the end that is missing could be what an ACL denies.
 */
export function topicKeyOf(headers: EventHeaders): string | undefined {
  const { name, tenant_uuid: tenant, required_acl: acl } = headers
  if (typeof tenant !== 'string' || typeof acl !== 'string' || acl === '' || UNUSUAL.test(acl)) return undefined
  const users = Object.keys(headers).filter((key) => key.startsWith(USER_PREFIX) && headers[key] === true)
  if (users.length > 1) return undefined
  const audience = INTERNAL_EVENTS.has(String(name)) ? FOR_SEERS : audienceOf(users[0])
  const key = `${tenant}.${audience}.${acl}`
  return Buffer.byteLength(key) > MAX_KEY_BYTES ? undefined : key
}

/** Everybody, one user, or whoever sees all of the tenant. */
function audienceOf(header: string | undefined): string {
  if (header === undefined) return FOR_SEERS
  const user = header.slice(USER_PREFIX.length)
  return user === '*' ? 'all' : user
}
