import { randomUUID } from 'node:crypto'
import { draft, type MwiPolicyInput, mwiPolicyCreated, mwiPolicyDeleted, mwiPolicyEdited } from '@lamplighter/contracts'
import {
  always,
  type Created,
  type MailboxId,
  type MwiPolicy,
  type MwiPolicyFields,
  NotFoundError,
  type Precondition,
  type RepeatKey,
} from '@lamplighter/domain'
import type {
  ConfigurationChange,
  ListQuery,
  MailboxMwi,
  MwiPolicyColumn,
  Store,
  TenantScope,
} from '@lamplighter/store'
import { noSuchVoicemail } from './mailbox-changes.js'

/** Creates, reads, changes and deletes policies on message waiting; every change wakes the lamps it is about. */
export class MwiPolicyService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A page of the policies in scope. */
  list(scope: TenantScope, query: ListQuery<MwiPolicyColumn>): Promise<{ items: MwiPolicy[]; total: number }> {
    return this.#store.configuration(scope).mwiPolicies.list(query)
  }

  /** @throws NotFoundError */
  async get(scope: TenantScope, uuid: string): Promise<MwiPolicy> {
    const policy = await this.#store.configuration(scope).mwiPolicies.find(uuid)
    if (!policy) throw noSuchPolicy(uuid)
    return policy
  }

  /** @throws RuleError when the name is taken */
  create(
    scope: TenantScope,
    { name, allowMwi = true }: Partial<MwiPolicyFields> & { name: string },
    repeat?: RepeatKey,
  ): Promise<Created<MwiPolicy>> {
    return this.#store.createOnce(scope, repeat, async (change) => {
      const policy = await change.mwiPolicies.create(randomUUID(), { name, allowMwi })
      change.outbox.add([draft(mwiPolicyCreated, { tenant: policy.tenantId }, { mwi_policy_uuid: policy.uuid })])
      return policy
    })
  }

  /** Changes what `input` names; nothing changed, nothing said. @throws NotFoundError, InvalidInputError, RuleError */
  async update(
    scope: TenantScope,
    uuid: string,
    input: () => MwiPolicyInput,
    precondition: Precondition = always,
  ): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const policy = await lockPolicy(change, uuid)
      precondition(policy)
      const { name = policy.name, allow_mwi: allowMwi = policy.allowMwi } = input()
      if (name === policy.name && allowMwi === policy.allowMwi) return
      await change.mwiPolicies.update(uuid, { name, allowMwi })
      change.outbox.add([draft(mwiPolicyEdited, { tenant: policy.tenantId }, { mwi_policy_uuid: uuid })])
    })
  }

  /** @throws NotFoundError, RuleError while a mailbox has it */
  async delete(scope: TenantScope, uuid: string, precondition: Precondition = always): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const policy = await lockPolicy(change, uuid)
      precondition(policy)
      await change.mwiPolicies.delete(uuid)
      change.outbox.add([draft(mwiPolicyDeleted, { tenant: policy.tenantId }, { mwi_policy_uuid: uuid })])
    })
  }

  /** Which switch keeps which lamp of a mailbox dark. @throws NotFoundError */
  async ofVoicemail(scope: TenantScope, id: MailboxId): Promise<MailboxMwi> {
    const found = await this.#store.configuration(scope).mwiEffects.ofMailbox(id)
    if (!found) throw noSuchVoicemail(id)
    return found
  }
}

async function lockPolicy(change: ConfigurationChange, uuid: string): Promise<MwiPolicy> {
  await change.locks.mwiPolicy(uuid)
  const policy = await change.mwiPolicies.find(uuid)
  if (!policy) throw noSuchPolicy(uuid)
  return policy
}

function noSuchPolicy(uuid: string): NotFoundError {
  return new NotFoundError('no-such-mwi-policy', 'there is no such policy on message waiting', { uuid })
}
