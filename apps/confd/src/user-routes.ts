import {
  type CreatedUserView,
  createUser,
  deleteUser,
  getUser,
  listUsers,
  USER_COLUMNS,
  type UserView,
  updateUser,
} from '@lamplighter/contracts'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { tenantSubtree, type User } from '@lamplighter/store'
import { listScope, toListQuery } from './list-query.js'
import type { CreatedUser, UserService } from './user-service.js'
import { resourceUrl, toVoicemailView } from './voicemail-view.js'

/** Users, as far as mailboxes, devices and the JavaScript client need them. */
export function userRoutes(users: UserService): Implementation[] {
  return [
    implement(listUsers, async (call) => {
      const query = call.query()
      const asked = toListQuery(query, USER_COLUMNS, 'firstname')
      const { items, total } = await users.list(listScope(call.tenantId, query), asked)
      return { body: { total, items: items.map((user) => toUserView(call, user)) } }
    }),
    implement(createUser, async (call) => {
      const { value, replayed } = await users.create(
        tenantSubtree(call.tenantId, call.actor),
        call.body(),
        call.repeatKey(),
      )
      return createdAnswer(resourceUrl(call, 'users', value.user.id), toCreatedView(call, value), replayed)
    }),
    implement(getUser, async (call) => {
      const user = await users.get(tenantSubtree(call.tenantId), call.param('user'))
      return call.tagged(user, toUserView(call, user))
    }),
    implement(updateUser, async (call) => {
      call.json()
      const change = { input: () => call.body(), recursive: isRecursive(call.query()) }
      await users.update(tenantSubtree(call.tenantId, call.actor), call.param('user'), change, call.precondition())
      return {}
    }),
    implement(deleteUser, async (call) => {
      const scope = tenantSubtree(call.tenantId, call.actor)
      await users.delete(scope, call.param('user'), isRecursive(call.query()), call.precondition())
      return {}
    }),
  ]
}

function isRecursive({ recursive }: { readonly recursive?: string }): boolean {
  return recursive?.toLowerCase() === 'true'
}

/** Telephony is not ours: a user has no lines, and its forwards and services are off. */
const NO_FORWARD = { enabled: false, destination: null }
const NO_SERVICE = { enabled: false }

function toUserView(call: Pick<Call, 'url'>, user: User): UserView {
  const { mailbox } = user
  return {
    id: user.id,
    uuid: user.uuid,
    tenant_uuid: user.tenantId,
    firstname: user.firstname,
    lastname: user.lastname,
    email: user.email,
    username: user.username,
    lines: [],
    forwards: { unconditional: NO_FORWARD, noanswer: NO_FORWARD, busy: NO_FORWARD },
    services: { dnd: NO_SERVICE, incallfilter: NO_SERVICE },
    voicemail: mailbox && {
      ...mailbox,
      links: [{ rel: 'voicemails', href: resourceUrl(call, 'voicemails', mailbox.id) }],
    },
    links: [{ rel: 'users', href: resourceUrl(call, 'users', user.id) }],
  }
}

function toCreatedView(call: Pick<Call, 'url'>, { user, mailbox }: CreatedUser): CreatedUserView {
  return { ...toUserView(call, user), voicemail: mailbox && toVoicemailView(call, mailbox) }
}
