import { randomUUID } from 'node:crypto'
import { hashSecret } from '@lamplighter/access'
import { memberGoneDrafts, rightsChanged, sessionEnded, type UserCreate, type UserUpdate } from '@lamplighter/contracts'
import {
  type Created,
  type Mailbox,
  type MailboxId,
  type Precondition,
  type RepeatKey,
  RuleError,
  type UserId,
} from '@lamplighter/domain'
import type { KnownPins, ListQuery, Store, TenantScope, User, UserColumn, UserFields } from '@lamplighter/store'
import { findUser, lockUser } from './association.js'
import { giveMailbox, planMailbox, replaceMailbox, takeMailbox } from './user-voicemail.js'

/** A new user and the mailbox it was given. */
export type CreatedUser = { readonly user: User; readonly mailbox: Mailbox | null }

/** Creates, reads, changes and deletes users, with their mailboxes where the caller says so (rest.md 2.5). */
export class UserService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A page of the users in scope. */
  list(scope: TenantScope, query: ListQuery<UserColumn>): Promise<{ items: User[]; total: number }> {
    return this.#store.configuration(scope).users.list(query)
  }

  /** @throws NotFoundError */
  get(scope: TenantScope, reference: string): Promise<User> {
    return findUser(this.#store.configuration(scope), reference)
  }

  #pinsOf(scope: TenantScope): (id: MailboxId) => Promise<KnownPins> {
    return (id) => this.#store.pins(scope).known(id)
  }

  /** Creates a user of the scope's tenant, and gives it a mailbox if the body has one. @throws InvalidInputError, RuleError */
  async create(scope: TenantScope, input: UserCreate, repeat?: RepeatKey): Promise<Created<CreatedUser>> {
    const { firstname, lastname = null, email = null, username = null, password } = input
    const plan = await planMailbox(input.voicemail ?? null, { firstname, lastname }, this.#pinsOf(scope))
    const passwordHash = password ? await hashSecret(password) : null
    const fields = { firstname, lastname, email, username, passwordHash }
    return this.#store.createOnce(scope, repeat, async (change) => {
      const user = await change.users.create(randomUUID() as UserId, fields)
      const mailbox = (await giveMailbox(change, user, plan)) ?? null
      return { user: await findUser(change, user.uuid), mailbox }
    })
  }

  /**
   * Changes what `input` names; the mailbox only when `recursive`.
   *
   * @throws NotFoundError, InvalidInputError, RuleError
   */
  async update(
    scope: TenantScope,
    reference: string,
    { input, recursive }: { input: () => UserUpdate; recursive: boolean },
    precondition: Precondition,
  ): Promise<void> {
    const found = await this.get(scope, reference)
    const { voicemail, ...asked } = input()
    const isMeant = recursive && voicemail !== undefined
    const plan = isMeant ? await planMailbox(voicemail, merged(found, asked), this.#pinsOf(scope)) : undefined
    await this.#store.changeConfiguration(scope, async (change) => {
      const user = await lockUser(change, reference)
      precondition(user)
      await change.users.update(user.uuid, merged(user, asked))
      if (plan) await replaceMailbox(change, user, plan)
    })
  }

  /** Deletes a user and ends its sessions; when `recursive` also its mailbox, if nobody else has it. @throws NotFoundError, RuleError */
  async delete(scope: TenantScope, reference: string, recursive: boolean, precondition: Precondition): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const user = await lockUser(change, reference)
      precondition(user)
      if (user.mailbox && !recursive) {
        const details = { user_uuid: user.uuid, voicemail_id: user.mailbox.id }
        throw new RuleError('user-has-voicemail', 'the user still has a mailbox', details)
      }
      await takeMailbox(change, user)
      change.outbox.add(memberGoneDrafts(await change.members.leaveAll(user.uuid)))
      const ended = await change.sessions.endAllOfUser(user.uuid)
      const gone = rightsChanged({ userId: user.uuid, tenantId: user.tenantId })
      change.outbox.add([...ended.map(sessionEnded), gone])
      await change.users.delete(user.uuid)
    })
  }
}

function merged(user: User, input: Omit<UserUpdate, 'voicemail'>): Omit<UserFields, 'passwordHash'> {
  return {
    firstname: input.firstname ?? user.firstname,
    lastname: input.lastname === undefined ? user.lastname : input.lastname,
    email: input.email === undefined ? user.email : input.email,
    username: input.username === undefined ? user.username : input.username,
  }
}
