import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import { type AuthListQuery, type AuthPage, containing } from './auth-list.js'
import type { Prisma } from './generated/client.js'
import { cut } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'

/** A session as lists show it. */
export type ListedSession = {
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly mobile: boolean
}

/** A refresh token as lists show it. */
export type ListedRefreshToken = {
  readonly clientId: string
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly mobile: boolean
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** What a list of sessions is asked for; with `userId` those of one user. */
export type SessionListQuery = AuthListQuery<'mobile'> & { readonly userId: UserId | undefined }

/** Columns refresh tokens can be ordered by. */
export type RefreshTokenColumn = 'created_at' | 'client_id' | 'mobile'

/** What a list of refresh tokens is asked for; filters are exact. */
export type RefreshTokenListQuery = AuthListQuery<RefreshTokenColumn> & {
  readonly userId: UserId | undefined
  readonly clientId: string | undefined
  readonly mobile: boolean | undefined
  readonly createdAt: Date | undefined
}

const REFRESH_TOKEN_FIELDS = { created_at: 'createdAt', client_id: 'clientId', mobile: 'mobile' } as const
const OWNER = { user: { select: { tenantUuid: true } } } as const

/** Lists of who is logged in, in a scope. What ran out is not there any more, also before it is removed. */
export class LoginQueries {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** A page of live sessions. They have no text to search in, so every one matches. */
  async sessions(query: SessionListQuery): Promise<AuthPage<ListedSession>> {
    const where: Prisma.SessionWhereInput = this.#live(query.userId)
    const order: Prisma.SessionOrderByWithRelationInput[] = query.order ? [{ mobile: query.direction }] : []
    const [rows, total] = await Promise.all([
      this.#db.session.findMany({ where, include: OWNER, orderBy: [...order, { uuid: 'asc' }], ...cut(query) }),
      this.#db.session.count({ where }),
    ])
    const items = rows.map(({ uuid, userUuid, mobile, user }) => ({
      sessionId: uuid as SessionId,
      userId: userUuid as UserId,
      tenantId: user.tenantUuid as TenantId,
      mobile,
    }))
    return { items, filtered: total, total }
  }

  /** A page of live refresh tokens; never the tokens themselves. */
  async refreshTokens(query: RefreshTokenListQuery): Promise<AuthPage<ListedRefreshToken>> {
    const inScope: Prisma.RefreshTokenWhereInput = this.#live(query.userId)
    const where = { AND: [inScope, matching(query)] }
    const orderBy = [{ [REFRESH_TOKEN_FIELDS[query.order ?? 'created_at']]: query.direction }, { uuid: 'asc' as const }]
    const [rows, filtered, total] = await Promise.all([
      this.#db.refreshToken.findMany({ where, include: OWNER, orderBy, ...cut(query) }),
      this.#db.refreshToken.count({ where }),
      this.#db.refreshToken.count({ where: inScope }),
    ])
    const items = rows.map(({ clientId, userUuid, mobile, createdAt, expiresAt, user }) => ({
      clientId,
      userId: userUuid as UserId,
      tenantId: user.tenantUuid as TenantId,
      mobile,
      createdAt,
      expiresAt,
    }))
    return { items, filtered, total }
  }

  #live(userId: UserId | undefined) {
    const whose = userId === undefined ? {} : { userUuid: userId as string }
    return { ...whose, user: withinTenant(this.#scope), expiresAt: { gt: new Date() } }
  }
}

function matching({ search, clientId, mobile, createdAt }: RefreshTokenListQuery): Prisma.RefreshTokenWhereInput {
  return {
    ...(search ? { clientId: containing(search) } : {}),
    ...(mobile === undefined ? {} : { mobile }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(clientId === undefined ? {} : { AND: [{ clientId }] }),
  }
}
