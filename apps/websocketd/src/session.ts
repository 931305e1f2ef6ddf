import type { Principal } from '@lamplighter/access'
import { AuthenticationError } from '@lamplighter/domain'
import type { RawData, WebSocket } from 'ws'
import { type Audience, mayReceive } from './audience.js'
import { CLOSE, type CloseReason } from './close-codes.js'
import { type ClientCommand, frame, type ProtocolVersion, readCommand } from './frames.js'

/** Access a token must hold to use the gateway at all. */
const GATEWAY_ACCESS = 'websocketd'
/** A client with this much unread is closed; it comes back and asks what it missed. */
const MAX_BUFFERED_BYTES = 1024 * 1024
/** Names one session may subscribe to; more is a mistake. */
const MAX_SUBSCRIPTIONS = 1000
/** Timers cannot wait longer; a session is looked at again then. */
const MAX_TIMER_MS = 2_000_000_000

/** Verifies tokens. */
export type TokenCheck = (token: string) => Promise<Principal>

/** An event in the forms sockets need, each made once. */
export type OutgoingEvent = { readonly audience: Audience; frameFor(version: ProtocolVersion): Buffer }

/**
 * One client. `waiting` for `start` drops events; `started` gets those it subscribed to and may see. It ends when the
 * client leaves, breaks the protocol, is too slow, or its token ends.
 */
export class Session {
  readonly #socket: WebSocket
  readonly #version: ProtocolVersion
  readonly #verify: TokenCheck
  readonly #names = new Set<string>()
  #principal: Principal
  #token: string
  #started = false
  #expiry: NodeJS.Timeout | undefined
  #commands: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket, version: ProtocolVersion, token: string, principal: Principal, verify: TokenCheck) {
    this.#socket = socket
    this.#version = version
    this.#verify = verify
    this.#token = token
    this.#principal = principal
  }

  /** The session its present token stands for. */
  get id(): string {
    return this.#principal.sessionId
  }

  /** Greets the client and listens to it. */
  open(): void {
    this.#watchExpiry()
    this.#socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    this.#socket.on('close', () => clearTimeout(this.#expiry))
    this.#send(frame('init', { version: this.#version }))
  }

  /** Hands the client an event if it is for it. */
  offer(event: OutgoingEvent): void {
    if (!this.#started || !this.#wants(event.audience.name) || !mayReceive(this.#principal, event.audience)) return
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.close(CLOSE.tooSlow)
    else this.#socket.send(event.frameFor(this.#version), { binary: false })
  }

  /** Looks whether the token still stands. A store that does not answer ends nobody. */
  async recheck(): Promise<void> {
    try {
      const principal = await this.#verify(this.#token)
      if (principal.allows(GATEWAY_ACCESS)) this.#principal = principal
      else this.close(CLOSE.authenticationExpired)
    } catch (error) {
      if (error instanceof AuthenticationError) this.close(CLOSE.authenticationExpired)
    }
  }

  /** Ends the session with a reason. */
  close({ code, reason }: CloseReason): void {
    clearTimeout(this.#expiry)
    this.#started = false
    this.#socket.close(code, reason)
  }

  #wants(name: string): boolean {
    return this.#names.has('*') || this.#names.has(name)
  }

  #receive(data: RawData, isBinary: boolean): void {
    const command = isBinary ? undefined : readCommand(data.toString())
    // One after the other: a token being checked must not be overtaken by the next command's answer.
    this.#commands = this.#commands.then(() => (command ? this.#obey(command) : this.close(CLOSE.protocolError)))
  }

  async #obey(command: ClientCommand): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    switch (command.op) {
      case 'subscribe':
        if (this.#names.size >= MAX_SUBSCRIPTIONS) return this.close(CLOSE.protocolError)
        this.#names.add(command.eventName)
        return this.#answer('subscribe', null)
      case 'start':
        this.#send(frame('start', null))
        this.#started = true
        return
      case 'token':
        return this.#renew(command.token)
      case 'ping':
        if (this.#version === 2) this.#send(frame('pong', { payload: command.payload }))
    }
  }

  /** A new token of the same user and tenant takes over at once; any other ends the session. */
  async #renew(token: string): Promise<void> {
    try {
      const principal = await this.#verify(token)
      const same = principal.userId === this.#principal.userId && principal.tenantId === this.#principal.tenantId
      if (!same || !principal.allows(GATEWAY_ACCESS)) return this.close(CLOSE.authenticationFailed)
      this.#principal = principal
      this.#token = token
      this.#watchExpiry()
      this.#answer('token', null)
    } catch (error) {
      this.close(error instanceof AuthenticationError ? CLOSE.authenticationFailed : CLOSE.tryAgain)
    }
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry)
    const leftMs = this.#principal.expiresAt.getTime() - Date.now()
    if (leftMs <= 0) return this.close(CLOSE.authenticationExpired)
    this.#expiry = setTimeout(() => this.#watchExpiry(), Math.min(leftMs, MAX_TIMER_MS)).unref()
  }

  /** Protocol 1 is silent after `start`. */
  #answer(op: string, data: object | null): void {
    if (this.#version === 2 || !this.#started) this.#send(frame(op, data))
  }

  #send(text: string): void {
    this.#socket.send(text)
  }
}

/**
 * Admits a client: token present, valid and good for the gateway (bus.md 3.1). The reason it is refused otherwise.
 */
export async function admit(token: string | undefined, verify: TokenCheck): Promise<Principal | CloseReason> {
  if (!token) return CLOSE.noToken
  try {
    const principal = await verify(token)
    return principal.allows(GATEWAY_ACCESS) ? principal : CLOSE.authenticationFailed
  } catch (error) {
    return error instanceof AuthenticationError ? CLOSE.authenticationFailed : CLOSE.tryAgain
  }
}
