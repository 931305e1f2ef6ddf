import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { SESSION_OPTIONS } from './database.js'

/** Names of the things only one process of an installation may do at a time, and their lock numbers. */
const LEADER_LOCKS = { relay: 4_210_001, mwid: 4_210_002 } as const

/** How often a standby looks whether the lock is free. */
const RETRY_MS = 500

/** How often it looks whether another process has it. */
const SUCCESSOR_POLL_MS = 50

/** Beside its lock, a holder that does its work and does not only prepare for it holds the one with this higher number. */
const SERVING = 100

/** What the holder of a lock gets: the connection that holds it, and a signal when it is lost or given up. */
export type Term = {
  readonly client: pg.Client
  readonly signal: AbortSignal
  /** Lets others know that the work is being done. */
  serving(): Promise<void>
}

/** Settings of a {@link Leadership}. */
export type LeadershipOptions = {
  readonly url: string
  readonly lock: keyof typeof LEADER_LOCKS
  /** Told why a term ended or could not begin. */
  readonly onTrouble: (error: unknown) => void
}

/**
 * One active holder among many processes, by a PostgreSQL advisory lock on a connection of its own. The lock goes with
 * the connection: whoever loses it can no longer write through it, and a standby takes over within a second.
 */
export class Leadership {
  readonly #options: LeadershipOptions
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #decided: (leads: boolean) => void = () => {}

  constructor(options: LeadershipOptions) {
    this.#options = options
  }

  /**
   * Waits for the lock, does the work while holding it, and begins again when it was lost, until `stop`.
   *
   * @returns after the first attempt: whether this process leads or stands by
   */
  start(work: (term: Term) => Promise<void>): Promise<boolean> {
    const decided = new Promise<boolean>((resolve) => {
      this.#decided = resolve
    })
    this.#running = this.#run(work)
    return decided
  }

  /** Ends the term and gives the lock back. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** Resolves when another process leads and serves, or after this long. It asks on a connection of its own. */
  async succeeded(withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs
    const client = new pg.Client({ connectionString: this.#options.url })
    client.on('error', () => {})
    try {
      await client.connect()
      while (performance.now() < untilMs && !(await this.#isServed(client))) await delay(SUCCESSOR_POLL_MS)
    } catch (error) {
      this.#options.onTrouble(error)
    } finally {
      await client.end().catch(() => {})
    }
  }

  get #servingLock(): number {
    return LEADER_LOCKS[this.#options.lock] + SERVING
  }

  async #isServed(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<{ held: boolean }>(
      `SELECT EXISTS (
         SELECT FROM pg_locks
         WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1::oid AND objsubid = 1
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       ) AS held`,
      [this.#servingLock],
    )
    return rows[0]?.held ?? false
  }

  async #run(work: (term: Term) => Promise<void>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#serve(work).catch((error) => this.#options.onTrouble(error))
      this.#decided(false)
      await delay(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => {})
    }
  }

  async #serve(work: (term: Term) => Promise<void>): Promise<void> {
    const lost = new AbortController()
    const client = new pg.Client({
      connectionString: this.#options.url,
      options: SESSION_OPTIONS,
      application_name: `lamplighter-${this.#options.lock}`,
      keepAlive: true,
    })
    client.on('error', (error) => lost.abort(error))
    client.on('end', () => lost.abort())
    try {
      await client.connect()
      if (!(await this.#acquire(client))) return
      this.#decided(true)
      const serving = async () => {
        await client
          .query('SELECT pg_advisory_lock($1)', [this.#servingLock])
          .catch((error: unknown) => lost.abort(error))
      }
      await work({ client, signal: AbortSignal.any([lost.signal, this.#stopping.signal]), serving })
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Polls instead of waiting in the database: a standby must be able to stop. */
  async #acquire(client: pg.Client): Promise<boolean> {
    while (!this.#stopping.signal.aborted) {
      const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
        LEADER_LOCKS[this.#options.lock],
      ])
      if (rows[0]?.held) return true
      this.#decided(false)
      await delay(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => {})
    }
    return false
  }
}
