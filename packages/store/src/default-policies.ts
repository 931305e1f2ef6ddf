import { ADMIN_POLICY_SLUG, USER_POLICY_SLUG } from './account-repository.js'

/** What administrators of a tenant may do. */
const ADMIN_ACL = ['ari.#', 'auth.#', 'confd.#', 'calld.#', 'call-logd.#', 'events.#', 'websocketd']
/** What every user may do: their own things, and the mailboxes their tenant shares. */
const USER_ACL = [
  'auth.users.me.#',
  'confd.users.me.read',
  'confd.infos.read',
  'calld.users.me.#',
  'events.auth.users.me.#',
  'events.config.users.me.#',
  'events.users.me.#',
  'events.voicemails.global.#',
  'websocketd',
]

/** The policies every tenant has. They are built in: nobody changes or deletes them over REST. */
export const DEFAULT_POLICIES: readonly {
  readonly slug: string
  readonly name: string
  readonly acl: readonly string[]
}[] = [
  { slug: ADMIN_POLICY_SLUG, name: 'Administrators', acl: ADMIN_ACL },
  { slug: USER_POLICY_SLUG, name: 'Users', acl: USER_ACL },
]
