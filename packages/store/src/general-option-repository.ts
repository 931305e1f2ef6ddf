import type { Prisma } from './generated/client.js'

/** A general option of voicemail: name and value (rest.md 2.8). */
export type GeneralOption = { readonly key: string; readonly value: string }

/** Number of the lock that lets one change of the options at a time through. */
const OPTIONS_LOCK = 4_210_012

/** General options of the installation. */
export class GeneralOptionRepository {
  readonly #db: Prisma.TransactionClient

  constructor(db: Prisma.TransactionClient) {
    this.#db = db
  }

  /** All options, by name. */
  list(): Promise<GeneralOption[]> {
    return this.#db.voicemailGeneralOption.findMany({ orderBy: { key: 'asc' } })
  }

  /** Waits until nobody else changes the options. */
  async lock(): Promise<void> {
    await this.#db.$executeRaw`SELECT pg_advisory_xact_lock(${OPTIONS_LOCK})`
  }

  /** Replaces all options. */
  async replace(options: readonly GeneralOption[]): Promise<void> {
    await this.#db.voicemailGeneralOption.deleteMany()
    await this.#db.voicemailGeneralOption.createMany({ data: [...options] })
  }
}
