import { type ExternalSource, type MailboxId, type MwiSourceId, RuleError, type TenantId } from '@lamplighter/domain'
import { violatedConstraint } from './constraint.js'
import type { DigestAlgorithm } from './device-repository.js'
import type { Prisma } from './generated/client.js'
import { cut, type Page } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'

/** Which mailbox a NOTIFY is about: always the same one, or the number it names in this place. */
export type SourceMapping = 'voicemail' | 'request_uri' | 'to' | 'message_account'

/** One place of a server. A null port is DNS's or the transport's own, a null transport DNS's or UDP. */
export type SourceTarget = { readonly host: string; readonly port: number | null; readonly transport: string | null }

/** What a client may set of a source. */
export type MwiSourceFields = {
  readonly name: string
  readonly enabled: boolean
  readonly username: string | null
  readonly digestAlgorithm: DigestAlgorithm
  readonly mailboxId: MailboxId | null
  readonly context: string | null
  readonly mapping: SourceMapping
  readonly addresses: readonly string[]
  readonly staleAfterSec: number | null
  readonly targets: readonly SourceTarget[]
  readonly remoteMailbox: string | null
  readonly authUsername: string | null
  readonly expirySec: number
}

/** How a source stands: what the SIP worker last saw. */
export type MwiSourceStatus = {
  readonly state: string
  readonly lastStatus: number | null
  readonly lastReason: string | null
  readonly expiresAt: Date | null
  readonly target: string | null
}

/** Where counts of external mailboxes come from. */
export type MwiSource = MwiSourceFields & {
  readonly uuid: MwiSourceId
  readonly tenantId: TenantId
  readonly kind: ExternalSource
  readonly hasSecret: boolean
  readonly status: MwiSourceStatus & { readonly lastHeardAt: Date | null }
}

/** What a secret turned into, by what it is for. */
export type MwiSourceSecrets = {
  readonly secretHash: string | null
  readonly ha1Md5: string | null
  readonly ha1Sha256: string | null
  readonly sealedSecret: string | null
}

/** Sources of a scope. */
export class MwiSourceRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The source with this UUID. */
  async find(uuid: MwiSourceId): Promise<MwiSource | undefined> {
    const row = await this.#db.mwiSource.findFirst({ where: { uuid, ...withinTenant(this.#scope) } })
    return row ? toSource(row) : undefined
  }

  /** A page of sources by name, and how many there are. */
  async list(page: Page): Promise<{ items: MwiSource[]; total: number }> {
    const where = withinTenant(this.#scope)
    const [rows, total] = await Promise.all([
      this.#db.mwiSource.findMany({ where, orderBy: [{ name: 'asc' }, { uuid: 'asc' }], ...cut(page) }),
      this.#db.mwiSource.count({ where }),
    ])
    return { items: rows.map(toSource), total }
  }

  /** @throws RuleError when the username is taken, in whatever tenant, or the mailbox has a source. */
  async create(
    uuid: MwiSourceId,
    tenantId: TenantId,
    kind: ExternalSource,
    fields: MwiSourceFields,
    secrets: MwiSourceSecrets,
  ): Promise<MwiSource> {
    const data = { uuid, tenantUuid: tenantId, kind, ...toColumns(fields), ...secrets }
    return toSource(await refusing(fields, () => this.#db.mwiSource.create({ data })))
  }

  /** Writes the fields, and new secrets when given. @throws RuleError as {@link create}. */
  async update(uuid: MwiSourceId, fields: MwiSourceFields, secrets: MwiSourceSecrets | undefined): Promise<void> {
    const data = { ...toColumns(fields), ...secrets }
    await refusing(fields, () => this.#db.mwiSource.update({ where: { uuid }, data }))
  }

  /** Deletes a source; its mailboxes keep their counts. */
  async delete(uuid: MwiSourceId): Promise<void> {
    await this.#db.mwiSource.delete({ where: { uuid } })
  }
}

function toColumns(fields: MwiSourceFields) {
  return { ...fields, addresses: [...fields.addresses], targets: fields.targets as unknown as Prisma.InputJsonValue }
}

async function refusing<T>({ username, mailboxId }: MwiSourceFields, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const constraint = violatedConstraint(error)
    if (constraint === 'mwi_source_login') {
      throw new RuleError('mwi-source-exists', 'the username is taken', { username }, { cause: error })
    }
    if (constraint === 'mwi_source_mailbox_id_key') {
      const details = { voicemail_id: mailboxId }
      throw new RuleError('mwi-source-exists', 'the mailbox has a source already', details, { cause: error })
    }
    throw error
  }
}

function toSource(row: Prisma.MwiSourceGetPayload<object>): MwiSource {
  const { state, lastStatus, lastReason, expiresAt, target, lastHeardAt } = row
  return {
    uuid: row.uuid as MwiSourceId,
    tenantId: row.tenantUuid as TenantId,
    kind: row.kind as ExternalSource,
    name: row.name,
    enabled: row.enabled,
    username: row.username,
    digestAlgorithm: row.digestAlgorithm as DigestAlgorithm,
    mailboxId: row.mailboxId as MailboxId | null,
    context: row.context,
    mapping: row.mapping as SourceMapping,
    addresses: row.addresses,
    staleAfterSec: row.staleAfterSec,
    targets: row.targets as unknown as SourceTarget[],
    remoteMailbox: row.remoteMailbox,
    authUsername: row.authUsername,
    expirySec: row.expirySec,
    hasSecret: (row.secretHash ?? row.ha1Md5 ?? row.sealedSecret) !== null,
    status: { state, lastStatus, lastReason, expiresAt, target, lastHeardAt },
  }
}
