import type { Logger } from '@lamplighter/runtime'
import type {
  ContactRepository,
  RememberedContact,
  SipRepository,
  StoredContact,
  StoredSubscription,
} from '@lamplighter/store'
import { type Batcher, groupCommit } from './batcher.js'
import type { Subscription } from './subscription.js'

/** The rows of subscriptions and contacts: written in group commits. */
export class SipWrites {
  /** Subscriptions accepted or refreshed; whoever asked is answered when that is committed. */
  readonly commits: Batcher<StoredSubscription>
  readonly #contacts: ContactRepository
  readonly #ends: Batcher<string>
  readonly #remembering: Batcher<RememberedContact>
  readonly #log: Logger
  #whole = true

  constructor(sip: SipRepository, contacts: ContactRepository, log: Logger) {
    this.#contacts = contacts
    this.#log = log
    this.commits = groupCommit((rows) => sip.saveSubscriptions(newestOfEach(rows, ({ uuid }) => uuid)))
    this.#ends = groupCommit((uuids) => sip.deleteSubscriptions(uuids))
    this.#remembering = groupCommit((rows) => contacts.remember(newestOfEach(rows, contactKey)))
  }

  /** A subscription is over. */
  forget({ row }: Subscription): void {
    this.#ends
      .add(row.uuid)
      .catch((err) => this.#log.warn({ err }, 'an ended subscription stays in the table until it runs out'))
  }

  /** What a contact answered. */
  remember(contact: RememberedContact): void {
    this.#remembering.add(contact).catch((err) => {
      this.#whole = false
      this.#log.warn({ err }, 'what a contact answered is told again after a restart')
    })
  }

  /** Contacts end before their time. */
  end(contacts: readonly StoredContact[]): void {
    this.#contacts
      .end(contacts)
      .catch((err) => this.#log.warn({ err }, 'contacts without a connection stay until they run out'))
  }

  /** Resolves when nothing waits to be written: whether all that contacts answered was. */
  async idle(): Promise<boolean> {
    await this.#remembering.idle()
    await this.commits.idle()
    await this.#ends.idle()
    return this.#whole
  }
}

/** A second write of the same row may follow within one batch. */
function newestOfEach<Row>(rows: readonly Row[], key: (row: Row) => string): Row[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()]
}

function contactKey({ deviceId, binding }: RememberedContact): string {
  return `${deviceId}/${binding}`
}
