import {
  type Actor,
  EMPTY_SUMMARY,
  InvalidInputError,
  type MailboxId,
  type MwiSourceId,
  NotFoundError,
  RuleError,
  type TenantId,
} from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import { type ExternalMailbox, feedMailbox, onlyTenant, type Store } from '@lamplighter/store'
import { createMailbox, deleteMailbox, lockMailbox } from './mailbox-changes.js'
import { fieldsOfCreation } from './voicemail-fields.js'

/** Who calls the ARI: the tenant it acts in, and the account it logged in with where it has one. */
export type AriCaller = { readonly tenantId: TenantId; readonly account: MwiSourceId | null; readonly actor: Actor }

/** Counts as the ARI knows them: nothing urgent. */
export type AriCounts = { readonly new: number; readonly old: number }

/** A mailbox under the name its caller knows. */
export type AriMailbox = { readonly name: string; readonly counts: AriCounts }

type Place = { readonly number: string; readonly context: string }

const NAME = /^([0-9]{1,40})(?:@(.{1,79}))?$/s
/** What the caller's home context is called in names: Asterisk's own default. */
const HOME = 'default'

/** Mailboxes whose counts somebody sets over the ARI (asterisk.md 4). It acts in one tenant. */
export class AriService {
  readonly #store: Store
  readonly #log: Logger

  constructor(store: Store, log: Logger) {
    this.#store = store
    this.#log = log
  }

  /** Every mailbox of the tenant that is fed by the ARI. */
  async list({ tenantId, account }: AriCaller): Promise<AriMailbox[]> {
    const home = await this.#store.external.homeContext(tenantId, account)
    const mailboxes = await this.#store.external.mailboxes(tenantId, 'ari')
    return mailboxes.map((one) => ({ name: nameOf(one, home), counts: one.counts }))
  }

  /** @throws NotFoundError */
  async get(caller: AriCaller, name: string): Promise<AriMailbox> {
    return { name, counts: (await this.#find(caller, name)).counts }
  }

  /**
   * Sets the counts; a mailbox that is not there is created. How long they hold is the account's to say.
   *
   * @throws InvalidInputError for a name that cannot be one; NotFoundError for a context that is not there; RuleError
   *   when the mailbox is our own, or another feed's
   */
  async put(caller: AriCaller, name: string, counts: AriCounts): Promise<void> {
    const place = await this.#place(caller, name)
    if (place === 'unreadable')
      throw InvalidInputError.of('mailboxName', 'regex', 'must be a number, or number@context')
    if (!place) throw noSuchContext(name)
    const id = (await this.#at(caller.tenantId, place))?.id ?? (await this.#create(caller, place, name))
    const { tenantId, account, actor } = caller
    const at = new Date()
    const staleAt = account === null ? null : await this.#store.external.heard(account, at)
    const heard = { source: 'ari', counts: { ...EMPTY_SUMMARY, ...counts }, at, staleAt } as const
    if (!(await feedMailbox(this.#store, onlyTenant(tenantId, actor), id, heard, this.#log))) throw noSuchMailbox(name)
  }

  /** Puts the mailbox into the trash, which darkens its lamps. @throws NotFoundError, RuleError while it has users */
  async delete(caller: AriCaller, name: string): Promise<void> {
    const { id } = await this.#find(caller, name)
    await this.#store.changeConfiguration(onlyTenant(caller.tenantId, caller.actor), async (change) =>
      deleteMailbox(change, await lockMailbox(change, id)),
    )
  }

  async #find(caller: AriCaller, name: string): Promise<ExternalMailbox> {
    const place = await this.#place(caller, name)
    const mailbox = place && place !== 'unreadable' ? await this.#at(caller.tenantId, place) : undefined
    if (mailbox?.source !== 'ari') throw noSuchMailbox(name)
    return mailbox
  }

  #at(tenantId: TenantId, { context, number }: Place): Promise<ExternalMailbox | undefined> {
    return this.#store.external.mailboxAt(tenantId, context, number)
  }

  /** Two who create it at once: one does, the other takes what is there then. */
  async #create({ tenantId, actor }: AriCaller, place: Place, name: string): Promise<MailboxId> {
    const fields = await fieldsOfCreation({ ...place, name })
    try {
      return await this.#store.changeConfiguration(onlyTenant(tenantId, actor), async (change) => {
        if (!(await change.contexts.findByName(place.context))) throw noSuchContext(name)
        return (await createMailbox(change, fields, 'ari')).id
      })
    } catch (error) {
      const made = error instanceof RuleError && error.code === 'voicemail-exists' && (await this.#at(tenantId, place))
      if (!made) throw error
      return made.id
    }
  }

  async #place({ tenantId, account }: AriCaller, name: string): Promise<Place | 'unreadable' | undefined> {
    const [, number, context = HOME] = NAME.exec(name) ?? []
    if (number === undefined || !isPrintable(context)) return 'unreadable'
    if (context !== HOME) return { number, context }
    const home = await this.#store.external.homeContext(tenantId, account)
    return home === undefined ? undefined : { number, context: home }
  }
}

function isPrintable(text: string): boolean {
  return /^[^\p{Cc}\p{Surrogate}]+$/u.test(text)
}

function nameOf({ number, context }: Place, home: string | undefined): string {
  return `${number}@${context === home ? HOME : context}`
}

function noSuchMailbox(name: string): NotFoundError {
  return new NotFoundError('no-such-voicemail', 'Mailbox does not exist', { name })
}

function noSuchContext(name: string): NotFoundError {
  return new NotFoundError('no-such-context', 'Context of the mailbox does not exist', { name })
}
