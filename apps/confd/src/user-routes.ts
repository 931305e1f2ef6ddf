import { randomUUID } from 'node:crypto'
import { hashSecret } from '@lamplighter/access'
import { createUser, deleteUser, getUser, listUsers, type UserView } from '@lamplighter/contracts'
import { NotFoundError, RuleError, type UserId } from '@lamplighter/domain'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { type Configuration, onlyTenant, type Store, tenantSubtree, type User } from '@lamplighter/store'
import { resourceUrl } from './voicemail-view.js'

/** Users, as far as mailboxes and devices need them. */
export function userRoutes(store: Store): Implementation[] {
  return [
    implement(listUsers, async (call) => {
      const { limit, offset = 0, recurse } = call.query()
      const scope = recurse ? tenantSubtree(call.tenantId) : onlyTenant(call.tenantId)
      const { items, total } = await store.configuration(scope).users.list({ limit, offset })
      return { body: { total, items: items.map((user) => toUserView(call, user)) } }
    }),
    implement(createUser, async (call) => {
      const { firstname, lastname = null, email = null, username = null, password } = call.body()
      const passwordHash = password ? await hashSecret(password) : null
      const fields = { firstname, lastname, email, username, passwordHash }
      const { value: user, replayed } = await store.createOnce(
        onlyTenant(call.tenantId),
        call.repeatKey(),
        ({ users }) => users.create(randomUUID() as UserId, fields),
      )
      return createdAnswer(resourceUrl(call, 'users', user.id), toUserView(call, user), replayed)
    }),
    implement(getUser, async (call) => {
      const user = await findUser(store.configuration(tenantSubtree(call.tenantId)), call.param('user'))
      return call.tagged(user, toUserView(call, user))
    }),
    implement(deleteUser, async (call) => {
      const precondition = call.precondition()
      await store.changeConfiguration(tenantSubtree(call.tenantId), async (change) => {
        const { uuid } = await findUser(change, call.param('user'))
        await change.locks.user(uuid)
        const user = await findUser(change, uuid)
        precondition(user)
        if (user.mailbox) {
          const details = { user_uuid: user.uuid, voicemail_id: user.mailbox.id }
          throw new RuleError('user-has-voicemail', 'the user still has a mailbox', details)
        }
        await change.users.delete(user.uuid)
      })
      return {}
    }),
  ]
}

async function findUser({ users }: Pick<Configuration, 'users'>, reference: string): Promise<User> {
  const user = await users.find(reference)
  if (!user) throw new NotFoundError('no-such-user', 'there is no such user', { user: reference })
  return user
}

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
    voicemail: mailbox && {
      ...mailbox,
      links: [{ rel: 'voicemails', href: resourceUrl(call, 'voicemails', mailbox.id) }],
    },
    links: [{ rel: 'users', href: resourceUrl(call, 'users', user.id) }],
  }
}
