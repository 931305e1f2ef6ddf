import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { cpuMs } from './cpu-time.js'

/** The process all connections of a database are children of. */
export async function serverPid(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const stat = await readFile(`/proc/${rows[0]?.pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** Where the processor time of one contender's turns went: in its server, in PostgreSQL, in this generator of load. */
export class CpuShare {
  readonly #pids: { readonly server: number; readonly database: number }
  #usedMs = { server: 0, database: 0, generator: 0 }
  #operations = 0

  constructor(pids: { readonly server: number; readonly database: number }) {
    this.#pids = pids
  }

  /** Counts one turn, whose figure is a rate per second. */
  async during(seconds: number, turn: () => Promise<number>): Promise<number> {
    const before = await this.#now()
    const rate = await turn()
    const after = await this.#now()
    this.#usedMs = {
      server: this.#usedMs.server + after.server - before.server,
      database: this.#usedMs.database + after.database - before.database,
      generator: this.#usedMs.generator + after.generator - before.generator,
    }
    this.#operations += rate * seconds
    return rate
  }

  /** Microseconds for each operation, in words. */
  get words(): string {
    const each = (ms: number) => `${((ms * 1000) / this.#operations).toFixed(0)} µs`
    const { server, database, generator } = this.#usedMs
    return `${each(server)} in the server, ${each(database)} in PostgreSQL, ${each(generator)} in the phones`
  }

  async #now() {
    const [server, database] = await Promise.all([cpuMs(this.#pids.server), cpuMs(this.#pids.database)])
    return { server, database, generator: process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000 }
  }
}
