import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { hashSecret } from '@lamplighter/access'
import type { TenantId } from '@lamplighter/domain'
import { createLogger } from '@lamplighter/runtime'
import { ADMIN_POLICY_SLUG, USER_POLICY_SLUG } from '@lamplighter/store'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { readConfig } from '../src/config.js'
import { ApiClient } from '../src/demo/api-client.js'
import { Lamplighter } from '../src/lamplighter.js'
import { savePolicies } from '../src/setup.js'

/** A mailbox as confd answers it, as far as tests look. */
export type Voicemail = {
  id: number
  number: string
  context: string
  accesstype: string
  name: string
  users: { uuid: string }[]
}

/** Somebody of a test: an account with its token, maybe a mailbox and a phone. */
export type Person = { uuid: string; username: string; api: ApiClient }

/** A tenant of a test. */
export type Tenant = { uuid: TenantId; admin: ApiClient; context: string }

/** A whole installation of its own: database, audio, services on free ports. */
export class TestInstallation {
  readonly lamplighter: Lamplighter
  readonly databaseUrl: string
  readonly directory: string
  readonly #database: TestDatabase
  #number = 1000

  private constructor(lamplighter: Lamplighter, database: TestDatabase, directory: string) {
    this.lamplighter = lamplighter
    this.databaseUrl = database.url
    this.directory = directory
    this.#database = database
  }

  /**
   * @param env settings beside the usual ones, e.g. AMQP_URL
   * @param log where everything it says goes, for tests that read it
   * @param way how it reaches its database, for tests that cut it
   */
  static async start(
    env: Record<string, string> = {},
    log = createLogger('silent'),
    way: (url: string) => Promise<string> = async (url) => url,
  ): Promise<TestInstallation> {
    const database = await createTestDatabase()
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-test-'))
    const config = readConfig(testEnvironment(await way(database.url), directory, env), 'silent')
    const lamplighter = await Lamplighter.start(config, log, {
      demoPassword: 'master-password',
    })
    return new TestInstallation(lamplighter, database, directory)
  }

  get url(): string {
    return this.lamplighter.httpUrl ?? ''
  }

  get sipPort(): number {
    return this.lamplighter.sipPorts?.UDP ?? 0
  }

  get websocketUrl(): string {
    return `${this.url.replace(/^http/, 'ws')}/api/websocketd/`
  }

  /** Stops and starts again on the same data; this one is over then. */
  async restart(env: Record<string, string>): Promise<TestInstallation> {
    await this.lamplighter.stop()
    return this.another(env)
  }

  /** Another process on the same data. */
  async another(env: Record<string, string>): Promise<TestInstallation> {
    const config = readConfig(testEnvironment(this.databaseUrl, this.directory, env), 'silent')
    const lamplighter = await Lamplighter.start(config, createLogger(config.logLevel))
    return new TestInstallation(lamplighter, this.#database, this.directory)
  }

  async stop(): Promise<void> {
    await this.lamplighter.stop()
    await this.#database.drop()
    await rm(this.directory, { recursive: true, force: true })
  }

  /** The administrator of the master tenant. */
  master(): Promise<ApiClient> {
    return ApiClient.logIn(this.url, 'root', 'master-password')
  }

  /** A tenant with an administrator and a context. */
  async tenant(parent: TenantId = this.lamplighter.setUp.installation.masterTenant): Promise<Tenant> {
    const { provisioning } = this.lamplighter
    const slug = randomUUID().slice(0, 8)
    const uuid = await provisioning.createTenant({ name: slug, slug, parent })
    await savePolicies(provisioning, uuid)
    const admin = await this.account(uuid, [ADMIN_POLICY_SLUG, USER_POLICY_SLUG])
    const context = await admin.api.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: slug })
    return { uuid, admin: admin.api, context: context.name }
  }

  /** An account with these policies. */
  async account(tenantId: TenantId, policies: readonly string[] = [USER_POLICY_SLUG]): Promise<Person> {
    const username = `u${randomUUID()}`
    const password = 'a password'
    const account = { tenantId, username, passwordHash: await hashSecret(password), firstname: 'Test', policies }
    const uuid = await this.lamplighter.provisioning.saveAccount(account)
    return { uuid, username, api: await ApiClient.logIn(this.url, username, password) }
  }

  /** An account that holds exactly these patterns. */
  async accountWith(tenantId: TenantId, acl: readonly string[]): Promise<Person> {
    const slug = `p${randomUUID().slice(0, 8)}`
    await this.lamplighter.provisioning.savePolicy(tenantId, slug, slug, acl)
    return this.account(tenantId, [slug])
  }

  /** A number nobody has. */
  nextNumber(): string {
    this.#number++
    return String(this.#number)
  }

  /** A mailbox; a personal one of these users, or a global one. */
  async mailbox(
    tenant: Tenant,
    fields: Record<string, unknown> = {},
    users: readonly Person[] = [],
  ): Promise<Voicemail> {
    const body = { name: 'box', number: this.nextNumber(), context: tenant.context, ...fields }
    const mailbox = await tenant.admin.call<Voicemail>('POST', '/api/confd/1.1/voicemails', body)
    for (const user of users)
      await tenant.admin.call('PUT', `/api/confd/1.1/users/${user.uuid}/voicemails/${mailbox.id}`)
    return mailbox
  }

  /** A SIP device with a known password. */
  async device(
    tenant: Tenant,
    fields: Record<string, unknown> = {},
  ): Promise<{ uuid: string; username: string; password: string }> {
    const body = {
      sip_username: `d${randomUUID().slice(0, 8)}`,
      sip_password: 'a sip password'.replaceAll(' ', '-'),
      ...fields,
    }
    const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', '/api/confd/1.1/devices', body)
    return { uuid, username: body.sip_username, password: body.sip_password }
  }
}

/** The environment of a process under test. */
export function testEnvironment(
  databaseUrl: string,
  directory: string,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    LAMPLIGHTER_DATA_DIR: directory,
    LAMPLIGHTER_HTTP_PORT: '0',
    LAMPLIGHTER_SIP_PORT: '0',
    LAMPLIGHTER_SIP_TCP_PORT: '0',
    // A test that wants limits says so.
    LAMPLIGHTER_RATE_LIMITS: '0',
    LAMPLIGHTER_SECRET: 'a secret for tests, long enough to be one',
    ...more,
  }
}

/** A WAV of silence: PCM 16 bit, 8 kHz, mono, with this many samples and maybe more bytes behind. */
export function wav(samples = 8000, tail: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const data = samples * 2
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + data, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(8000, 24)
  header.writeUInt32LE(16_000, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(data, 40)
  return Uint8Array.from(Buffer.concat([header, Buffer.alloc(data), tail]))
}

/** What a request may carry. */
export type RequestBody = string | Uint8Array<ArrayBuffer> | FormData

/** Status and parsed body of a request, whatever it is. */
export async function request(
  url: string,
  init: { method?: string; token?: string | undefined; headers?: Record<string, string>; body?: RequestBody } = {},
): Promise<{ status: number; headers: Headers; json: unknown; text: string }> {
  const headers = { ...(init.token === undefined ? {} : { 'x-auth-token': init.token }), ...init.headers }
  const response = await fetch(url, { method: init.method ?? 'GET', headers, body: init.body ?? null })
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: response.status, headers: response.headers, json, text }
}
