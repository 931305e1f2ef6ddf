import type { Purpose, SessionId, SessionRecord, TenantId, UserId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** What a login needs to know of an account. */
export type Account = {
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly purpose: Purpose
  readonly passwordHash: string | undefined
  /** False: no login. */
  readonly enabled: boolean
}

/** Slug of the policy that makes its holder an administrator of the tenant. */
export const ADMIN_POLICY_SLUG = 'wazo_default_admin_policy'

/** Slug of the policy every user of a tenant gets. */
export const USER_POLICY_SLUG = 'wazo_default_user_policy'

type AccountRow = Omit<Account, 'passwordHash'> & { readonly passwordHash: string | null }
type SessionRow = {
  uuid: string
  user_uuid: string
  username: string | null
  tenant_uuid: string
  is_master: boolean
  purpose: Purpose
  mobile: boolean
  user_agent: string
  remote_addr: string
  created_at: Date
  expires_at: Date
  acl: string[]
  admin: boolean
}

const FIND_SESSIONS = `
  SELECT s.uuid::text, u.uuid::text AS user_uuid, u.username, u.tenant_uuid::text, t.parent_uuid = t.uuid AS is_master, u.purpose,
    s.mobile, s.user_agent, s.remote_addr, s.created_at, s.expires_at,
    ARRAY(SELECT unnest(p.acl) FROM user_policy up JOIN policy p ON p.uuid = up.policy_uuid WHERE up.user_uuid = u.uuid ORDER BY p.slug) AS acl,
    EXISTS (SELECT 1 FROM user_policy up JOIN policy p ON p.uuid = up.policy_uuid WHERE up.user_uuid = u.uuid AND p.slug = $2) AS admin
  FROM session s JOIN "user" u ON u.uuid = s.user_uuid JOIN tenant t ON t.uuid = u.tenant_uuid
  WHERE s.uuid = ANY ($1::uuid[]) AND s.expires_at > now() AND u.enabled`
const ACCOUNT = `
  SELECT u.uuid::text AS "userId", u.tenant_uuid::text AS "tenantId", u.purpose, u.password_hash AS "passwordHash", u.enabled
  FROM "user" u`
/** Two tenants may know one address: the account that was first keeps it as its login. */
const FIND_ACCOUNT = `${ACCOUNT}
  WHERE u.username = $1 OR lower(u.email) = $1
  ORDER BY u.username IS NOT DISTINCT FROM $1 DESC, u.created_at, u.id LIMIT 1`
const READ_ACCOUNT = `${ACCOUNT} WHERE u.uuid = $1::uuid`
const LOCK_ACCOUNT = `${READ_ACCOUNT} FOR NO KEY UPDATE`
const COVERS = 'SELECT 1 AS yes FROM tenant WHERE uuid = $2::uuid AND ancestors @> ARRAY[$1::uuid]'

/** Accounts, sessions and the tenant tree: what authentication reads and writes. Not bound to a tenant, because it decides it. */
export class AccountRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The account with this username or e-mail, compared without case. */
  async findAccount(login: string): Promise<Account | undefined> {
    return toAccount(await this.#sql.rows<AccountRow>('account.find', FIND_ACCOUNT, [login.toLowerCase()]))
  }

  /** The account of a user. */
  async readAccount(id: UserId): Promise<Account | undefined> {
    return toAccount(await this.#sql.rows<AccountRow>('account.read', READ_ACCOUNT, [id]))
  }

  /** The account, held until the transaction ends: one login of a user at a time, and none while it changes. */
  async lockAccount(id: UserId): Promise<Account | undefined> {
    return toAccount(await this.#sql.rows<AccountRow>('account.lock', LOCK_ACCOUNT, [id]))
  }

  /** The live session with this id and what its user may do now. */
  async findSession(id: SessionId): Promise<SessionRecord | undefined> {
    const [session] = await this.findSessions([id])
    return session
  }

  /** Those of these sessions that live, and what their users may do now. */
  async findSessions(ids: readonly SessionId[]): Promise<SessionRecord[]> {
    const rows = await this.#sql.rows<SessionRow>('session.find', FIND_SESSIONS, [ids, ADMIN_POLICY_SLUG])
    return rows.map(toSession)
  }

  /** Whether `tenant` exists and is `root` or below it. */
  async covers(root: TenantId, tenant: TenantId): Promise<boolean> {
    return (await this.#sql.rows('tenant.covers', COVERS, [root, tenant])).length === 1
  }
}

function toAccount([row]: readonly AccountRow[]): Account | undefined {
  return row && { ...row, passwordHash: row.passwordHash ?? undefined }
}

function toSession(row: SessionRow): SessionRecord {
  return {
    sessionId: row.uuid as SessionId,
    userId: row.user_uuid as UserId,
    username: row.username,
    tenantId: row.tenant_uuid as TenantId,
    tenantIsMaster: row.is_master,
    purpose: row.purpose,
    admin: row.admin,
    acl: row.acl,
    mobile: row.mobile,
    userAgent: row.user_agent,
    remoteAddr: row.remote_addr,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
