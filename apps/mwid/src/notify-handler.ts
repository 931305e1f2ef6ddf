import type { MailboxId } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import {
  type DigestAuthenticator,
  eventOf,
  type HeardSummary,
  hasMessageSummary,
  type IncomingRequest,
  MESSAGE_SUMMARY,
  MESSAGE_SUMMARY_TYPE,
  partyOf,
  readHeardSummary,
  requestUri,
} from '@lamplighter/sip'
import { feedMailbox, type NotifyPeer, onlyTenant, type Store } from '@lamplighter/store'
import { KeyedQueue } from './keyed-queue.js'
import type { SourceSubscriptions } from './source-subscriptions.js'

/** What the handler is made of. */
export type NotifyDependencies = {
  readonly store: Store
  readonly digest: DigestAuthenticator
  readonly subscriptions: SourceSubscriptions
  readonly log: Logger
}

/**
 * Takes NOTIFYs: those of our own subscriptions, and unsolicited ones of peers that tell us what waits in mailboxes of
 * theirs (asterisk.md 3). What one address sends is taken in its order.
 */
export class NotifyHandler {
  readonly #parts: NotifyDependencies
  readonly #queue = new KeyedQueue()

  constructor(parts: NotifyDependencies) {
    this.#parts = parts
  }

  async handle(incoming: IncomingRequest): Promise<void> {
    const { request, from, respond } = incoming
    if (partyOf(request.headers, 'to')?.params.has('tag')) {
      const subscription = this.#parts.subscriptions.find(request)
      return subscription ? subscription.notified(incoming) : respond(481)
    }
    const summary = readForm(incoming)
    if (summary) await this.#queue.run(`${from.host}:${from.port}`, () => this.#take(incoming, summary))
  }

  async #take(incoming: IncomingRequest, summary: HeardSummary): Promise<void> {
    const { store, log } = this.#parts
    const peer = await this.#identify(incoming)
    if (!peer) return
    const mailbox = await this.#mailboxOf(peer, incoming, summary)
    if (mailbox === undefined) return incoming.respond(404)
    const at = new Date()
    const staleAt = peer.staleAfterSec === null ? null : new Date(at.getTime() + peer.staleAfterSec * 1000)
    const heard = { source: 'notify', counts: summary.counts, at, staleAt } as const
    if (!(await feedMailbox(store, onlyTenant(peer.tenantId), mailbox, heard, log))) return incoming.respond(404)
    await store.external.heard(peer.uuid, at)
    incoming.respond(200)
  }

  /**
   * The peer by its digest account; without credentials by its address. Undefined after a challenge, which is the same
   * for known and unknown senders.
   */
  async #identify({ request, from, respond }: IncomingRequest): Promise<NotifyPeer | undefined> {
    const { store, digest } = this.#parts
    const user = partyOf(request.headers, 'from')?.uri?.user
    const claimed = digest.claimed(request)
    if (!claimed) {
      const known = await store.external.peerAt(from.host, user ?? null)
      if (known) return known
    }
    const name = claimed?.username ?? user
    const peer = name === undefined ? undefined : await store.external.peerByName(name)
    const account = peer?.ha1 == null ? undefined : { ha1: peer.ha1, algorithm: peer.digestAlgorithm }
    const verdict = claimed ? digest.verify(request, claimed, account) : 'wrong'
    if (verdict === 'right') return peer
    const stale = claimed !== undefined && verdict === 'stale'
    const share = await store.external.peerShare()
    const algorithm = account?.algorithm ?? digest.decoy(name ?? '', share)
    respond(401, [['WWW-Authenticate', digest.challenge(algorithm, stale)]])
    return undefined
  }

  async #mailboxOf(
    { tenantId, mapping, mailboxId, context }: NotifyPeer,
    { request }: IncomingRequest,
    { account }: HeardSummary,
  ): Promise<MailboxId | undefined> {
    if (mapping === 'voicemail') return mailboxId ?? undefined
    const named = {
      request_uri: requestUri(request)?.user,
      to: partyOf(request.headers, 'to')?.uri?.user,
      message_account: account,
    }[mapping]
    if (named === undefined || context === null || !/^\d{1,40}$/.test(named)) return undefined
    const mailbox = await this.#parts.store.external.mailboxAt(tenantId, context, named)
    return mailbox?.source === 'notify' ? mailbox.id : undefined
  }
}

/** What it says, before anybody's identity matters: what says nothing is refused, and nothing changes by it. */
function readForm({ request, respond }: IncomingRequest): HeardSummary | undefined {
  const { headers, body } = request
  if (eventOf(headers)?.name !== MESSAGE_SUMMARY) {
    respond(489, [['Allow-Events', MESSAGE_SUMMARY]])
    return undefined
  }
  if (!hasMessageSummary(headers)) {
    respond(415, [['Accept', MESSAGE_SUMMARY_TYPE]])
    return undefined
  }
  const summary = readHeardSummary(body.toString('utf8'))
  if (!summary) respond(400)
  return summary
}
