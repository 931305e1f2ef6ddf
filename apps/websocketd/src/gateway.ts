import { type Principal, type TokenVerifier, toPrincipal } from '@lamplighter/access'
import { CLOSE, type CloseReason } from '@lamplighter/contracts'
import type { SessionId, SessionRecord } from '@lamplighter/domain'
import { sleep } from '@lamplighter/runtime'
import type { WebSocket } from 'ws'
import { readCommand, readEnvelope } from './command-frame.js'
import type { FrameReader } from './frame-reader.js'
import { LegacySession } from './legacy-session.js'
import type { Member } from './members.js'
import type { OpeningRequest } from './opening-request.js'
import type { OutgoingEvent } from './outgoing-event.js'
import { type ResumingContext, ResumingSession } from './resuming-session.js'
import { revocationOf } from './revocation.js'
import type { Sockets } from './sockets.js'
import { Viewer } from './viewer.js'

/** Where sessions are read again, many with one statement. */
export type SessionList = { findSessions(ids: readonly SessionId[]): Promise<SessionRecord[]> }

/** What the gateway is made of. */
export type GatewayContext = ResumingContext & {
  readonly sockets: Sockets
  readonly sessions: SessionList
  readonly verifier: Pick<TokenVerifier, 'invalidate'>
}

/** Sessions that one statement reads again. */
const RECHECKED_AT_ONCE = 500
/** How long the next event waits for sessions to be looked at again. */
const RECHECK_MS = 1000

/** Lets clients in, hands them events, and lets nobody stay whose session ended. */
export class Gateway {
  readonly #context: GatewayContext

  constructor(context: GatewayContext) {
    this.#context = context
  }

  /** Begins to serve a socket whose upgrade has been answered, or closes it with the reason, so that browsers can read it. */
  async accept(socket: WebSocket, opening: OpeningRequest): Promise<void> {
    const frames = this.#context.sockets.open(socket)
    await this.#context.placed
    const admitted = this.#whereThereIsRoom(await this.#admit(opening, frames))
    if ('code' in admitted) {
      frames.end()
      return socket.close(admitted.code, admitted.reason)
    }
    if (socket.readyState !== socket.OPEN) return
    const { version } = opening
    if (version === 1 || version === 2) void new LegacySession(version, socket, frames, admitted, this.#context).serve()
    else void new ResumingSession(opening, socket, frames, admitted, this.#context).serve()
  }

  /** Hands an event to everybody it is for, then does what it says about sessions: the next is judged by what is right then. */
  dispatch(event: OutgoingEvent): Promise<void> | void {
    this.#context.members.dispatch(event)
    const revocation = revocationOf(event)
    if (!revocation) return
    if (revocation.kind === 'session ended') return this.#end(revocation.sessionId)
    const concerned = [...this.#context.members].filter(({ viewer: { principal, homeTenantId } }) =>
      revocation.kind === 'rights of user'
        ? principal.userId === revocation.userId
        : homeTenantId === revocation.tenantId,
    )
    if (concerned.length > 0) return this.#recheckBeforeTheNext(concerned)
  }

  /** Everybody waits here, so not for ever: a store that hangs must not silence who has nothing to do with it. */
  async #recheckBeforeTheNext(members: readonly Member[]): Promise<void> {
    const enough = new AbortController()
    await Promise.race([this.#recheck(members), sleep(RECHECK_MS, enough.signal)])
    enough.abort()
  }

  /** Looks at every session again: the fall-back for what no event said. A store that does not answer ends nobody. */
  recheck(): Promise<void> {
    return this.#recheck([...this.#context.members])
  }

  /** Keeps connections open through proxies, and notices dead ones. */
  ping(): void {
    for (const member of this.#context.members) member.ping()
  }

  /** Sends everybody away. */
  closeAll(): void {
    for (const member of this.#context.members) member.close(CLOSE.shutdown)
  }

  /** The checks in the contract's order: version, token present, token good. */
  async #admit(opening: OpeningRequest, frames: FrameReader): Promise<Principal | CloseReason> {
    const { version, token, ticket } = opening
    if (version === 'not a number') return CLOSE.badVersion
    if (version === 'unknown') return CLOSE.protocolError
    return this.#authenticate(token, ticket, version === 3 ? frames : undefined)
  }

  async #authenticate(
    token: string | undefined,
    ticket: string | undefined,
    frames: FrameReader | undefined,
  ): Promise<Principal | CloseReason> {
    const { admission } = this.#context
    if (token !== undefined) return admission.byToken(token)
    if (ticket !== undefined) return admission.byTicket(ticket)
    const first = frames && (await this.#firstToken(frames))
    return first === undefined ? CLOSE.noToken : admission.byToken(first)
  }

  /** The token of the first frame, which keeps it out of URLs and logs; undefined when none comes in time. */
  async #firstToken(frames: FrameReader): Promise<string | undefined> {
    const late = new AbortController()
    const frame = await Promise.race([frames.first(), sleep(this.#context.settings.firstFrameMs, late.signal)])
    late.abort()
    const envelope = readEnvelope(frame?.text)
    const command = envelope?.op === 'token' ? readCommand(1, envelope) : undefined
    return (command?.data['token'] as string | undefined) || undefined
  }

  /** Looked at when the socket takes its place, not while it waits: many that wait at once would all find room. */
  #whereThereIsRoom(admitted: Principal | CloseReason): Principal | CloseReason {
    if ('code' in admitted) return admitted
    const { members, settings } = this.#context
    return members.countOf(admitted.userId) < settings.socketsPerUser ? admitted : CLOSE.tooManySockets
  }

  #end(sessionId: SessionId): void {
    this.#context.verifier.invalidate(sessionId)
    this.#context.members.endSession(sessionId)
  }

  async #recheck(members: readonly Member[]): Promise<void> {
    for (let from = 0; from < members.length; from += RECHECKED_AT_ONCE) {
      if (!(await this.#recheckAtOnce(members.slice(from, from + RECHECKED_AT_ONCE)))) return
    }
  }

  /** False when the store does not answer. Whom a token or rights reached meanwhile the answer is not about: again. */
  async #recheckAtOnce(members: readonly Member[]): Promise<boolean> {
    const asked = members.map(({ viewer }) => viewer)
    const ids = new Set(asked.map(({ principal }) => principal.sessionId))
    const found = await this.#context.sessions.findSessions([...ids]).catch(() => undefined)
    if (!found) return false
    const records = new Map(found.map((record) => [record.sessionId, record]))
    const changed = members.filter(({ viewer }, index) => viewer !== asked[index])
    for (const member of members) {
      if (!changed.includes(member)) this.#renew(member, records.get(member.viewer.principal.sessionId))
    }
    await this.#recheck(changed)
    return true
  }

  #renew(member: Member, record: SessionRecord | undefined): void {
    const before = member.viewer.principal
    const principal = record && this.#principalOf(record)
    if (!principal?.allows('websocketd')) {
      this.#context.verifier.invalidate(before.sessionId)
      return member.close(CLOSE.authenticationExpired)
    }
    if (before.admin === principal.admin && before.acl === principal.acl) return
    this.#context.verifier.invalidate(before.sessionId)
    this.#context.members.renew(member, new Viewer(principal))
  }

  /** Undefined, as for a session that ended, where its rights cannot be made out: that must not concern the others. */
  #principalOf(record: SessionRecord): Principal | undefined {
    try {
      return toPrincipal(record)
    } catch (err) {
      this.#context.log.error({ err, sessionId: record.sessionId }, 'the rights of a session cannot be made out')
      return undefined
    }
  }
}
