import { randomBytes } from 'node:crypto'
import type { Principal, TokenVerifier } from '@lamplighter/access'
import {
  draft,
  MAX_POLICIES_OF_USER,
  type PolicyCreate,
  type PolicyUpdate,
  policyChanged,
  rightsChanged,
} from '@lamplighter/contracts'
import {
  type Created,
  LamplighterError,
  type RepeatKey,
  RuleError,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import {
  type AccessChange,
  type LoginAccount,
  onlyTenant,
  type Policy,
  type Store,
  type TenantScope,
} from '@lamplighter/store'
import { refuseExcess, refuseLifting } from './delegation.js'
import { unknownPolicy, unknownUser } from './errors.js'

/** Creates, changes and deletes policies, and gives them to users; never more than the caller has. */
export class PolicyService {
  readonly #store: Store
  readonly #verifier: TokenVerifier

  constructor(store: Store, verifier: TokenVerifier) {
    this.#store = store
    this.#verifier = verifier
  }

  /** @throws ResourceError `unknown-policy` */
  async get(scope: TenantScope, uuid: string): Promise<Policy> {
    return found(await this.#store.access(scope).policies.find(uuid), uuid)
  }

  /** Creates a policy in a tenant. @throws ResourceError `conflict`, LamplighterError `access-not-delegable` */
  create(
    tenantId: TenantId,
    repeat: RepeatKey | undefined,
    caller: Principal,
    input: PolicyCreate,
  ): Promise<Created<Policy>> {
    const { name, description = null, acl = [] } = input
    refuseExcess(acl, caller)
    return this.#store.createAccessOnce(onlyTenant(tenantId), repeat, ({ policies }) =>
      policies.create(input.slug ?? slugOf(name), { name, description, acl }),
    )
  }

  /** Changes a policy. @throws ResourceError `unknown-policy`, LamplighterError `access-not-delegable`, RuleError */
  async update(scope: TenantScope, caller: Principal, uuid: string, input: PolicyUpdate): Promise<Policy> {
    const { name, description = null, acl = [] } = input
    const policy = await this.#store.changeAccess(scope, async (change) => {
      const current = await lockPolicy(change, uuid)
      refuseBuiltIn(current)
      if (!samePatterns(current.acl, acl)) {
        refuseExcess(acl, caller)
        refuseLifting(without(current.acl, acl), caller)
        await sayChanged(change, current)
        if (lessens(current.acl, acl)) await noteRemoved(change, current)
      }
      return change.policies.update(current.uuid, { name, description, acl })
    })
    this.#verifier.invalidateTenant(policy.tenantId)
    return policy
  }

  /** Deletes a policy. @throws ResourceError `unknown-policy`, LamplighterError `access-not-delegable`, RuleError */
  async delete(scope: TenantScope, caller: Principal, uuid: string): Promise<void> {
    const { tenantId } = await this.#store.changeAccess(scope, async (change) => {
      const policy = await lockPolicy(change, uuid)
      refuseBuiltIn(policy)
      refuseLifting(policy.acl, caller)
      await change.policies.delete(policy.uuid)
      await sayChanged(change, policy)
      await noteRemoved(change, policy)
      return policy
    })
    this.#verifier.invalidateTenant(tenantId)
  }

  /** Gives a user a policy of the same tenant. @throws ResourceError, LamplighterError, RuleError */
  async give(scope: TenantScope, caller: Principal, userUuid: string, policyUuid: string): Promise<void> {
    await this.#changeUser(scope, userUuid, policyUuid, async (change, user, policy) => {
      if (policy.tenantId !== user.tenantId) {
        throw new RuleError('different-tenants', 'user and policy belong to different tenants', { policy: policy.uuid })
      }
      refuseExcess(policy.acl, caller)
      const given = await change.policies.give(user.uuid, policy.uuid)
      if (given && (await change.policies.countOfUser(user.uuid)) > MAX_POLICIES_OF_USER) {
        throw new RuleError('too-many-policies', 'the user has too many policies', { limit: MAX_POLICIES_OF_USER })
      }
      return given
    })
  }

  /** Takes a policy away from a user. @throws ResourceError, LamplighterError */
  async take(scope: TenantScope, caller: Principal, userUuid: string, policyUuid: string): Promise<void> {
    await this.#changeUser(scope, userUuid, policyUuid, async (change, user, policy) => {
      refuseLifting(policy.acl, caller)
      const taken = await change.policies.take(user.uuid, policy.uuid)
      if (taken) await noteRemoved(change, policy, user.uuid)
      return taken
    })
  }

  async #changeUser(
    scope: TenantScope,
    userUuid: string,
    policyUuid: string,
    work: (change: AccessChange, user: LoginAccount, policy: Policy) => Promise<boolean>,
  ): Promise<void> {
    const userId = await this.#store.changeAccess(scope, async (change) => {
      const user = await change.users.find(userUuid)
      if (!user) throw unknownUser(userUuid)
      const policy = found(await change.policies.find(policyUuid), policyUuid)
      await change.accounts.lockAccount(user.uuid)
      const changed = await work(change, user, policy)
      if (changed) change.outbox.add([rightsChanged({ userId: user.uuid, tenantId: user.tenantId })])
      return user.uuid
    })
    this.#verifier.invalidateUser(userId)
  }
}

/** The policy as it is when nobody else changes it: of the same change made twice at once, only the first is one. */
async function lockPolicy({ policies, locks }: AccessChange, uuid: string): Promise<Policy> {
  const { uuid: known } = found(await policies.find(uuid), uuid)
  await locks.policy(known)
  return found(await policies.find(known), uuid)
}

async function sayChanged({ outbox }: AccessChange, { uuid, tenantId }: Policy): Promise<void> {
  outbox.add([draft(policyChanged, { tenant: tenantId }, { uuid, tenant_uuid: tenantId })])
}

/** Notes that those who have the policy, or one of them, can do less. */
async function noteRemoved({ audit, actor }: AccessChange, policy: Policy, user?: UserId): Promise<void> {
  const details = { policy_uuid: policy.uuid, ...(user === undefined ? {} : { user_uuid: user }) }
  await audit.add({ tenantId: policy.tenantId, actor, action: 'rights.removed', details })
}

/** A pattern went, or a denial came. */
function lessens(before: readonly string[], after: readonly string[]): boolean {
  const isDenial = (pattern: string) => pattern.startsWith('!')
  return without(before, after).some((pattern) => !isDenial(pattern)) || without(after, before).some(isDenial)
}

function refuseBuiltIn({ builtIn, uuid, slug }: Policy): void {
  if (builtIn) throw new LamplighterError('read-only-policy', 'the policy is built in', { uuid, slug })
}

function found(policy: Policy | undefined, uuid: string): Policy {
  if (!policy) throw unknownPolicy(uuid)
  return policy
}

function samePatterns(one: readonly string[], other: readonly string[]): boolean {
  return without(one, other).length === 0 && without(other, one).length === 0
}

function without(patterns: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others)
  return patterns.filter((pattern) => !known.has(pattern))
}

/** Letters and digits of the name, and something random, so that two policies may share a name. */
function slugOf(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 60)
  return `${words}_${randomBytes(4).toString('hex')}`
}
