import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@lamplighter/store'
import pg from 'pg'
import { TcpProxy } from './tcp-proxy.js'
import { waitFor } from './wait-for.js'

/** A PostgreSQL of the test's own, reached over a network of the test's own, that it may crash and start again. */
export class OwnPostgres {
  /** Every connection of clients. */
  readonly network: TcpProxy
  readonly #directory: string
  #server: EmbeddedPostgres

  private constructor(network: TcpProxy, directory: string, server: EmbeddedPostgres) {
    this.network = network
    this.#directory = directory
    this.#server = server
  }

  /** An empty server. It is durable: what it said to have committed survives its crash. */
  static async start(): Promise<OwnPostgres> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-postgres-'))
    const server = await startEmbeddedPostgres({ directory })
    return new OwnPostgres(await TcpProxy.start(new URL(server.url)), directory, server)
  }

  /** By way of the network; the same after a restart. */
  get url(): string {
    return this.network.url(new URL(this.#server.url))
  }

  /** `pg_ctl restart -m immediate`: sessions are thrown out in the middle, nothing is written, the log is recovered. */
  async restart(): Promise<void> {
    const pid = await this.#postmaster()
    process.kill(pid, 'SIGQUIT')
    await waitFor(() => !isAlive(pid), { what: 'PostgreSQL to end', timeoutMs: 60_000 })
    this.#server = await startEmbeddedPostgres({ directory: this.#directory })
    this.network.retarget(new URL(this.#server.url))
  }

  async stop(): Promise<void> {
    const data = await this.#dataDirectory()
    await this.network.stop()
    await this.#server.stop()
    for (const directory of [data, this.#directory]) await rm(directory, { recursive: true, force: true })
  }

  async #postmaster(): Promise<number> {
    const text = await readFile(path.join(await this.#dataDirectory(), 'postmaster.pid'), 'utf8')
    return Number.parseInt(text, 10)
  }

  async #dataDirectory(): Promise<string> {
    const client = new pg.Client({ connectionString: this.#server.url })
    await client.connect()
    try {
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
      return rows[0]?.data_directory ?? ''
    } finally {
      await client.end()
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
