import { StartError } from '@lamplighter/runtime'
import {
  type Database,
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  MigrationError,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from '@lamplighter/store'
import type { Config } from './config.js'

/** The migrated database, and the server behind it when it is ours. */
export type OpenedDatabase = { readonly database: Database; readonly embedded: EmbeddedPostgres | undefined }

const MIGRATIONS = new URL('../../../prisma/migrations/', import.meta.url)

/** Starts or reaches the database and migrates it. @throws StartError in one sentence */
export async function openMigratedDatabase(
  config: Config,
  onIdleError: (error: Error) => void,
): Promise<OpenedDatabase> {
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config.dataDirectory) : undefined
  const url = config.databaseUrl ?? embedded?.url ?? ''
  try {
    await migrate(url, MIGRATIONS)
  } catch (error) {
    await embedded?.stop()
    throw toStartError(error, url)
  }
  return { database: openDatabase(url, { connections: config.databaseConnections, onIdleError }), embedded }
}

async function startEmbedded(directory: string): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres({ directory })
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw new StartError(error.message, { cause: error })
    throw error
  }
}

function toStartError(error: unknown, url: string): unknown {
  if (error instanceof MigrationError) return new StartError(error.message, { cause: error })
  const { code } = error as { code?: unknown }
  const { host, pathname } = new URL(url)
  if (typeof code !== 'string') return error
  return new StartError(
    `the database ${pathname.slice(1)} at ${host} cannot be used: ${(error as Error).message || code}`,
    { cause: error },
  )
}
