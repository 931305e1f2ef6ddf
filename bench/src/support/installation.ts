import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { deriveKeys, TokenIssuer } from '@lamplighter/access'
import type { MailboxId, TenantId, UserId } from '@lamplighter/domain'
import {
  type Database,
  type EmbeddedPostgres,
  migrate,
  onlyTenant,
  openDatabase,
  Provisioning,
  Store,
  startEmbeddedPostgres,
  USER_POLICY_SLUG,
} from '@lamplighter/store'
import { evaluate, freePort, waitFor } from '@lamplighter/testing'

const MIGRATIONS = new URL('../../../prisma/migrations/', import.meta.url)
const MAIN = fileURLToPath(new URL('../../../apps/lamplighter/dist/main.js', import.meta.url))
export const BENCH_SECRET = 'a secret for benchmarks, long enough to be one'

/** What every benchmark starts from: a database of its own with fsync on, a virtual host, one tenant with one user. */
export class BenchInstallation {
  readonly originUuid = randomUUID()
  readonly vhost = `lamplighter-bench-${process.pid}`
  readonly amqpUrl = `amqp://guest:guest@127.0.0.1:5672/${this.vhost}`
  readonly database: Database
  readonly directory: string
  readonly #postgres: EmbeddedPostgres
  #served: ChildProcess | undefined

  private constructor(database: Database, postgres: EmbeddedPostgres, directory: string) {
    this.database = database
    this.#postgres = postgres
    this.directory = directory
  }

  static async create(): Promise<BenchInstallation> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-bench-'))
    const postgres = await startEmbeddedPostgres({ directory })
    await migrate(postgres.url, MIGRATIONS)
    const installation = new BenchInstallation(openDatabase(postgres.url, { connections: 16 }), postgres, directory)
    const grant = `rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"${installation.vhost}">>, <<".*">>, <<".*">>, <<".*">>, <<"bench">>)`
    await evaluate({}, `rabbit_vhost:add(<<"${installation.vhost}">>, <<"bench">>), ${grant}.`)
    return installation
  }

  /** A tenant with a context and a user who may use the gateway and own messages. */
  async tenant(): Promise<{ tenantId: TenantId; userId: UserId; context: string; token: string }> {
    const provisioning = new Provisioning(this.database)
    const known = await provisioning.installation()
    if (!known) {
      await provisioning.createTenant({ name: 'master', slug: 'master' })
      await provisioning.complete(false)
    }
    const { masterTenant } = (await provisioning.installation()) ?? {}
    const slug = randomUUID().slice(0, 8)
    const tenantId = await provisioning.createTenant({
      name: slug,
      slug,
      ...(masterTenant ? { parent: masterTenant } : {}),
    })
    await provisioning.savePolicy(tenantId, USER_POLICY_SLUG, 'bench', ['calld.#', 'confd.#'])
    const account = { tenantId, username: slug, passwordHash: 'x', firstname: 'Bench', policies: [USER_POLICY_SLUG] }
    const userId = await provisioning.saveAccount(account)
    const store = this.store()
    const { name } = await store
      .configuration(onlyTenant(tenantId))
      .contexts.create({ uuid: randomUUID(), label: 'b', type: 'internal' })
    const expiresAt = new Date(Date.now() + 3_600_000)
    const sessionId = await store.changeLogins(({ sessions }) =>
      sessions.begin({
        userId,
        mobile: false,
        userAgent: '',
        remoteAddr: '',
        expiresInSec: 3600,
        refreshTokenId: undefined,
        expiryAnnounced: false,
      }),
    )
    const token = new TokenIssuer(this.tokenKey).issue({ userId, tenantId, sessionId, purpose: 'user', expiresAt })
    return { tenantId, userId, context: name, token }
  }

  get tokenKey(): Buffer {
    return deriveKeys(BENCH_SECRET).tokenKey
  }

  get nonceKey(): Buffer {
    return deriveKeys(BENCH_SECRET).nonceKey
  }

  get peerSecretKey(): Buffer {
    return deriveKeys(BENCH_SECRET).peerSecretKey
  }

  /** A store whose commits wake the given relay. */
  store(afterCommit: ConstructorParameters<typeof Store>[2] = () => {}): Store {
    return new Store(this.database, this.originUuid, afterCommit)
  }

  /** A mailbox; global, or personal of the user. */
  async mailbox(tenantId: TenantId, context: string, user?: UserId): Promise<MailboxId> {
    const { mailboxes } = this.store().configuration(onlyTenant(tenantId))
    const nothing = { email: null, pager: null, language: null, timezone: null, maxMessages: null, attachAudio: null }
    const fields = {
      name: 'bench',
      number: String(Math.floor(Math.random() * 1e12)),
      context,
      enabled: true,
      deleteMessages: false,
      askPassword: true,
      options: [],
      mwiPolicyUuid: null,
    }
    const mailbox = await mailboxes.create(tenantId, false, {
      ...fields,
      ...nothing,
      accesstype: user ? 'personal' : 'global',
    })
    if (user) await mailboxes.addUser(mailbox, user)
    return mailbox.id
  }

  /** Starts the shipped program on this database and returns its URL. */
  async serve(): Promise<string> {
    const port = await freePort()
    const env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: this.database.url,
      AMQP_URL: this.amqpUrl,
      LAMPLIGHTER_SECRET: BENCH_SECRET,
      LAMPLIGHTER_DATA_DIR: path.join(this.directory, 'data'),
      LAMPLIGHTER_HTTP_PORT: String(port),
      LAMPLIGHTER_RATE_LIMITS: '0',
      LAMPLIGHTER_SIP_PORT: '0',
    }
    this.#served = spawn(process.execPath, [MAIN, 'serve'], {
      env,
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    const url = `http://127.0.0.1:${port}`
    await waitFor(
      () =>
        fetch(`${url}/health`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { what: 'the program to serve', timeoutMs: 30_000 },
    )
    return url
  }

  async stop(): Promise<void> {
    this.#served?.kill('SIGINT')
    if (this.#served) await new Promise((resolve) => this.#served?.once('exit', resolve))
    await this.database.close()
    await this.#postgres.stop()
    await evaluate({}, `rabbit_vhost:delete(<<"${this.vhost}">>, <<"bench">>).`)
    await rm(this.directory, { recursive: true, force: true })
  }
}
