import { randomUUID } from 'node:crypto'
import { deriveKeys, TokenIssuer, TokenVerifier } from '@lamplighter/access'
import { InProcessBus, type OutgoingMessage } from '@lamplighter/bus'
import { draft, type EventDraft, userVoicemailAssociated, voicemailCreated } from '@lamplighter/contracts'
import type { Purpose, SessionId, SessionRecord, TenantId, UserId } from '@lamplighter/domain'
import { createHttpServer, type HttpService, listen, RateLimits } from '@lamplighter/http'
import { createLogger } from '@lamplighter/runtime'
import { type Database, EventLog, onlyTenant, openDatabase, Provisioning, Store } from '@lamplighter/store'
import { createTestDatabase, type TestDatabase, waitFor } from '@lamplighter/testing'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import WebSocket from 'ws'
import { createWebsocketd } from '../src/index.js'
import type { GatewaySettings } from '../src/settings.js'

const log = createLogger('silent')
export const { tokenKey } = deriveKeys('a secret for tests, long enough to be one')

/** A frame as protocols 2 and 3 have it. */
export type Frame = { op: string; code: number; data: Record<string, unknown>; cursor?: string; event_id?: string }
/** How a socket ended. */
export type End = { code: number; reason: string }

/** A client that keeps every frame as it came, and how it ended. */
export class RawClient {
  readonly frames: string[] = []
  closed: End | undefined
  pings = 0
  readonly socket: WebSocket

  constructor(url: string, headers: Record<string, string> = {}, options: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(url, { headers, ...options })
    this.socket.on('message', (data) => this.frames.push(data.toString()))
    this.socket.on('ping', () => this.pings++)
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
    })
    this.socket.on('error', () => {})
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame))
  }

  /** Sends a command of the usual form. */
  command(op: string, data?: object): void {
    this.send({ op, data })
  }

  async frame(index: number): Promise<string> {
    return waitFor(() => this.frames[index], { what: `frame ${index}, closed: ${JSON.stringify(this.closed)}` })
  }

  /** The frame, parsed. */
  async read(index: number): Promise<Frame> {
    return JSON.parse(await this.frame(index)) as Frame
  }

  /** Every frame so far, parsed. */
  get parsed(): Frame[] {
    return this.frames.map((text) => JSON.parse(text) as Frame)
  }

  /** Names of the events so far. */
  get events(): string[] {
    return this.parsed.filter(({ op }) => op === 'event').map(({ data }) => String(data['name']))
  }

  async end(): Promise<End> {
    return waitFor(() => this.closed, { what: 'the close' })
  }

  leave(): void {
    this.socket.terminate()
  }
}

/** One server-sent event. */
type Sent = { id?: string; event?: string; data: string }

/** Reads a stream of server-sent events the way a browser does. */
export class StreamReader {
  readonly events: Sent[] = []
  readonly comments: string[] = []
  ended = false
  readonly #abort = new AbortController()

  async open(url: string, headers: Record<string, string>): Promise<Response> {
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: this.#abort.signal,
    })
    void this.#read(response).catch(() => {})
    return response
  }

  leave(): void {
    this.#abort.abort()
  }

  get numbers(): number[] {
    return this.events
      .filter(({ event }) => !event)
      .map(({ data }) => (JSON.parse(data) as { data: { id: number } }).data.id)
  }

  async #read(response: Response): Promise<void> {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) this.#take(block)
    }
    this.ended = true
  }

  #take(block: string): void {
    const fields = block.split('\n').map((line) => line.split(/: ?(.*)/s))
    const of = (name: string) => fields.filter(([key]) => key === name).map(([, value]) => value ?? '')
    if (of('data').length === 0) {
      this.comments.push(block)
      return
    }
    const [id, event] = [of('id')[0], of('event')[0]]
    this.events.push({ ...(id && { id }), ...(event && { event }), data: of('data').join('\n') })
  }
}

/** Whom a test logs in. */
export type Who = {
  acl?: string[]
  admin?: boolean
  master?: boolean
  purpose?: Purpose
  tenantId?: TenantId
  userId?: UserId
  expiresInMs?: number
}

/** A logged-in somebody. */
export type Identity = { token: string; userId: UserId; sessionId: SessionId }

/** A gateway on a database and a bus of its own. Sessions are a map, so that a test can lose, change or hide them. */
export class TestGateway {
  readonly tenant = randomUUID() as TenantId
  readonly sessions = new Map<SessionId, SessionRecord>()
  readonly bus = new InProcessBus(log)
  readonly originUuid: string
  readonly database: Database
  readonly store: Store
  readonly server: FastifyInstance
  /** Whether sessions can be looked up. */
  authFails = false
  /** Whether what the relay claims reaches the bus. */
  busLoses = false
  /** Whether everybody may look into every tenant. */
  coversAll = false
  /** What look-ups of sessions wait for when they have read, and reads of the log before they read. */
  slow: { sessions?: Promise<void>; log?: Promise<void> } = {}
  /** What happens before a page of the log is read for a client. */
  beforePage: () => Promise<void> = async () => {}
  readonly #disposable: TestDatabase
  readonly #relay: pg.Client
  readonly #eventLog: EventLog
  readonly #websocketd: HttpService
  base = ''

  private constructor(disposable: TestDatabase, originUuid: string, settings: Partial<GatewaySettings>) {
    this.#disposable = disposable
    this.originUuid = originUuid
    this.database = openDatabase(disposable.url)
    this.store = new Store(this.database, originUuid, () => {})
    this.#relay = new pg.Client({ connectionString: disposable.url })
    this.#eventLog = new EventLog(this.#relay)
    this.server = createHttpServer(log)
    const findSessions = async (ids: readonly SessionId[]) => {
      if (this.authFails) throw new Error('the store does not answer')
      const found = ids.map((id) => this.sessions.get(id)).filter((session) => session !== undefined)
      await this.slow.sessions
      return found
    }
    const verifier = new TokenVerifier(
      tokenKey,
      { findSession: async (id) => (await findSessions([id]))[0] },
      { ttlMs: 1 },
    )
    const access = {
      verifier,
      covers: async () => this.coversAll,
      fingerprintKey: Buffer.alloc(32),
      rateLimits: new RateLimits({}),
    }
    this.#websocketd = createWebsocketd({
      bus: this.bus,
      store: { replay: this.#slowReplay(), tickets: this.store.tickets, accounts: { findSessions } },
      access,
      verifier,
      issuer: new TokenIssuer(tokenKey),
      originUuid,
      retentionHours: 2,
      log,
      settings,
    })
  }

  #slowReplay() {
    const { replay } = this.store
    const afterWait =
      <Args extends unknown[], Result>(read: (...args: Args) => Promise<Result>) =>
      async (...args: Args) => {
        await this.slow.log
        return read.apply(replay, args)
      }
    const page: typeof replay.page = async (...args) => {
      await this.beforePage()
      return replay.page(...args)
    }
    return { state: afterWait(replay.state), page: afterWait(page), extent: afterWait(replay.extent) }
  }

  static async start(settings: Partial<GatewaySettings> = {}): Promise<TestGateway> {
    const gateway = await TestGateway.listening(settings)
    await gateway.begin()
    return gateway
  }

  /** One whose server takes connections already, and that has not begun. */
  static async listening(settings: Partial<GatewaySettings> = {}): Promise<TestGateway> {
    const disposable = await createTestDatabase()
    const database = openDatabase(disposable.url)
    const provisioning = new Provisioning(database)
    await provisioning.createTenant({ name: 'master', slug: 'master' })
    await provisioning.complete(false)
    const { originUuid = '' } = (await provisioning.installation()) ?? {}
    await database.close()
    const gateway = new TestGateway(disposable, originUuid, settings)
    await gateway.#relay.connect()
    await gateway.bus.start()
    gateway.#websocketd.mount(gateway.server)
    gateway.base = await listen(gateway.server, { host: '127.0.0.1', port: 0 })
    return gateway
  }

  begin(): Promise<void> {
    return this.#websocketd.start()
  }

  /** Stops the gateway only. */
  stopGateway(): Promise<void> {
    return this.#websocketd.stop()
  }

  async stop(): Promise<void> {
    await this.#websocketd.stop()
    await this.server.close()
    await this.bus.stop()
    await this.#relay.end()
    await this.database.close()
    await this.#disposable.drop()
  }

  login(who: Who = {}): Identity {
    const sessionId = randomUUID() as SessionId
    const userId = who.userId ?? (randomUUID() as UserId)
    const record: SessionRecord = {
      sessionId,
      userId,
      username: null,
      tenantId: who.tenantId ?? this.tenant,
      tenantIsMaster: who.master ?? false,
      purpose: who.purpose ?? 'user',
      admin: who.admin ?? false,
      acl: who.acl ?? ['websocketd', 'events.#'],
      mobile: false,
      userAgent: '',
      remoteAddr: '',
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + (who.expiresInMs ?? 3_600_000)),
    }
    this.sessions.set(sessionId, record)
    return { token: new TokenIssuer(tokenKey).issue(record), userId, sessionId }
  }

  /** Opens a socket; without a token when it is empty. */
  open(token: string, query = 'version=2', path = '/api/websocketd/'): RawClient {
    const credential = token === '' ? '' : `token=${token}&`
    return new RawClient(`${this.base.replace('http', 'ws')}${path}?${credential}${query}`)
  }

  /** A client that subscribed and started; only what came afterwards is among its frames. */
  async started(who: Who = {}, names = ['*'], query = 'version=2'): Promise<RawClient & Identity> {
    const identity = this.login(who)
    const client = this.open(identity.token, query)
    await client.frame(0)
    for (const event_name of names) client.command('subscribe', { event_name })
    client.command('start')
    await client.frame(names.length + 1)
    client.frames.length = 0
    return Object.assign(client, identity)
  }

  /** An event as somebody else on the bus would publish it: in no log. */
  foreign(headers: OutgoingMessage['headers'], name = 'thing_happened', body?: string): OutgoingMessage {
    const { originUuid: origin_uuid, tenant: tenant_uuid } = this
    const all = { name, origin_uuid, required_acl: 'events.thing', tenant_uuid, ...headers }
    const text = body ?? JSON.stringify({ ...all, data: { é: 1 } })
    return { eventId: randomUUID(), name, routingKey: 'x', headers: all, body: text }
  }

  /** Publishes, then an event everybody here may see: when it came, everything before it has come. */
  async publishAndSettle(clients: readonly RawClient[], ...events: OutgoingMessage[]): Promise<string[][]> {
    const mark = `mark-${randomUUID()}`
    await this.bus.publish([...events, this.foreign({ 'user_uuid:*': true, required_acl: null }, mark)])
    for (const client of clients) await waitFor(() => client.frames.at(-1)?.includes(mark), { what: 'the marker' })
    return clients.map(({ frames }) => frames.splice(0).slice(0, -1))
  }

  /** Says something the way the services do: to the log, then from it to the bus. */
  async say(...drafts: readonly EventDraft[]): Promise<void> {
    await this.store.changeMessages(onlyTenant(this.tenant), async ({ outbox }) => outbox.add(drafts))
    await this.relay()
  }

  /** Publishes what the log has and the bus does not. */
  async relay(): Promise<void> {
    const { events } = await this.#eventLog.claim(10_000)
    if (events.length === 0) return
    if (!this.busLoses) await this.bus.publish(events)
    await this.#eventLog.confirm(events)
  }

  /** Events for everyone of the tenant, told apart by their number. */
  numbered(from: number, to: number, tenant: TenantId = this.tenant): EventDraft[] {
    return Array.from({ length: to - from + 1 }, (_, index) =>
      draft(voicemailCreated, { tenant }, { id: from + index }),
    )
  }

  /** A tenant whose events are kept so long. */
  async addTenant(retentionHours: number): Promise<TenantId> {
    const uuid = randomUUID() as TenantId
    const text = `INSERT INTO tenant (uuid, parent_uuid, name, slug, ancestors, event_retention_hours)
      SELECT $1, uuid, $2, $2, ARRAY[$1::uuid, uuid], $3 FROM tenant WHERE parent_uuid = uuid`
    await this.database.pool.query(text, [uuid, `t${uuid.slice(0, 8)}`, retentionHours])
    return uuid
  }

  async removeTenant(uuid: TenantId): Promise<void> {
    await this.database.pool.query('DELETE FROM tenant WHERE uuid = $1', [uuid])
  }

  /** An event for one user. */
  forUser(user: UserId, id = 1): EventDraft {
    return draft(userVoicemailAssociated, { tenant: this.tenant, user }, { user_uuid: user, voicemail_id: id })
  }
}

/** The numbers of {@link TestGateway.numbered} among the events of a protocol 3 or 2 client. */
export function numbersOf(client: RawClient): number[] {
  return client.parsed
    .filter(({ op, data }) => op === 'event' && data['name'] === 'voicemail_created')
    .map(({ data }) => (data['data'] as { id: number }).id)
}

/** All whole numbers of a range. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
