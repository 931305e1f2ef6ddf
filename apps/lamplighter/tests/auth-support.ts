import pg from 'pg'
import { request, type TestInstallation } from './support.js'

/** What a login answers, as far as tests look. */
export type TokenData = {
  token: string
  session_uuid: string
  refresh_token?: string
  acl: string[]
  metadata: Record<string, unknown>
  utc_issued_at: string
  utc_expires_at: string
}

/** A list in auth's form. */
export type AuthList<Item> = { total: number; filtered: number; items: Item[] }

/** An error in the form of auth's resource endpoints. */
export type ResourceProblem = { error_id: string; resource?: string; details: Record<string, unknown> }

type Init = Parameters<typeof request>[1] & { json?: unknown }
/** What a test says of a login. */
export type LoginInit = { password?: string; headers?: Record<string, string>; body?: Record<string, unknown> }

/** Talks to authd and looks at what it said on the bus. */
export class AuthBench {
  readonly #installation: TestInstallation
  readonly #database: pg.Client

  private constructor(installation: TestInstallation, database: pg.Client) {
    this.#installation = installation
    this.#database = database
  }

  static async open(installation: TestInstallation): Promise<AuthBench> {
    const database = new pg.Client({ connectionString: installation.databaseUrl })
    await database.connect()
    return new AuthBench(installation, database)
  }

  close(): Promise<void> {
    return this.#database.end()
  }

  /** Any request to authd; `json` makes the body. */
  call(method: string, path: string, { json, ...init }: Init = {}) {
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    return request(`${this.#installation.url}/api/auth/0.1${path}`, { method, ...body, ...init })
  }

  /** A login with HTTP Basic. */
  logIn(username: string, { password = 'a password', headers = {}, body = {} }: LoginInit = {}) {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    return this.call('POST', '/token', { headers: { authorization, ...headers }, json: body })
  }

  /** A login that must succeed. */
  async token(username: string, init: LoginInit = {}): Promise<TokenData> {
    const { status, json, text } = await this.logIn(username, init)
    if (status !== 200) throw new Error(`the login was answered ${status}: ${text}`)
    return (json as { data: TokenData }).data
  }

  /** A login with a refresh token. */
  refresh(refreshToken: string | undefined, clientId: string) {
    return this.call('POST', '/token', { json: { refresh_token: refreshToken, client_id: clientId } })
  }

  /** Status of a check of a token. */
  async check(token: string, query = ''): Promise<number> {
    return (await this.call('HEAD', `/token/${token}${query}`)).status
  }

  /** Bodies of the events with this name, in the order they were said. */
  async events(name: string): Promise<Record<string, unknown>[]> {
    const { rows } = await this.#database.query<{ body: string }>(
      'SELECT body FROM event WHERE name = $1 ORDER BY id',
      [name],
    )
    return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
  }

  /** Names of all events said about a session, in order. */
  async storyOf(session: string): Promise<string[]> {
    const { rows } = await this.#database.query<{ name: string }>(
      `SELECT name FROM event WHERE headers->>'session_uuid' = $1 ORDER BY id`,
      [session],
    )
    return rows.map(({ name }) => name)
  }

  /** Lets time pass, or looks where no answer shows anything. */
  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#database.query<Row>(text, values)).rows
  }
}
