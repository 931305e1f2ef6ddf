import {
  createMwiPolicy,
  deleteMwiPolicy,
  getMwiPolicy,
  getVoicemailMwiSwitches,
  listMwiPolicies,
  MWI_POLICY_COLUMNS,
  type MwiPolicyView,
  type MwiSwitchesView,
  updateMwiPolicy,
} from '@lamplighter/contracts'
import type { MwiPolicy } from '@lamplighter/domain'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { type MailboxMwi, type MwiEffect, onlyTenant, tenantSubtree } from '@lamplighter/store'
import { listScope, toListQuery } from './list-query.js'
import type { MwiPolicyService } from './mwi-policy-service.js'
import { mailboxIdOf, resourceUrl } from './voicemail-view.js'

/** Policies on message waiting, and what comes of them for a mailbox. */
export function mwiPolicyRoutes(policies: MwiPolicyService): Implementation[] {
  return [
    implement(listMwiPolicies, async (call) => {
      const query = call.query()
      const asked = toListQuery(query, MWI_POLICY_COLUMNS, 'name')
      const { items, total } = await policies.list(listScope(call.tenantId, query), asked)
      return { body: { total, items: items.map((policy) => toPolicyView(call, policy)) } }
    }),
    implement(createMwiPolicy, async (call) => {
      const { name, allow_mwi: allowMwi = true } = call.body()
      const scope = onlyTenant(call.tenantId, call.actor)
      const { value, replayed } = await policies.create(scope, { name, allowMwi }, call.repeatKey())
      return createdAnswer(resourceUrl(call, 'mwi-policies', value.uuid), toPolicyView(call, value), replayed)
    }),
    implement(getMwiPolicy, async (call) => {
      const policy = await policies.get(tenantSubtree(call.tenantId), policyUuid(call))
      return call.tagged(policy, toPolicyView(call, policy))
    }),
    implement(updateMwiPolicy, async (call) => {
      call.json()
      const scope = tenantSubtree(call.tenantId, call.actor)
      await policies.update(scope, policyUuid(call), () => call.body(), call.precondition())
      return {}
    }),
    implement(deleteMwiPolicy, async (call) => {
      await policies.delete(tenantSubtree(call.tenantId, call.actor), policyUuid(call), call.precondition())
      return {}
    }),
    implement(getVoicemailMwiSwitches, async (call) => ({
      body: toMwiView(await policies.ofVoicemail(tenantSubtree(call.tenantId), mailboxIdOf(call, 'id'))),
    })),
  ]
}

function policyUuid(call: Pick<Call, 'param'>): string {
  return call.param('mwi_policy_uuid').toLowerCase()
}

function toPolicyView(call: Pick<Call, 'url'>, { uuid, tenantId, name, allowMwi }: MwiPolicy): MwiPolicyView {
  const links = [{ rel: 'mwi-policies', href: resourceUrl(call, 'mwi-policies', uuid) }]
  return { uuid, tenant_uuid: tenantId, name, allow_mwi: allowMwi, links }
}

function toMwiView({ mailboxId, policy, effects }: MailboxMwi): MwiSwitchesView {
  return {
    voicemail_id: mailboxId,
    mwi_policy: policy && { uuid: policy.uuid, name: policy.name, allow_mwi: policy.allowMwi },
    gateways: effects.filter(({ kind }) => kind === 'gateway').map(toEffectView),
    devices: effects.filter(({ kind }) => kind === 'device').map(toEffectView),
  }
}

function toEffectView({ uuid, name, blockedBy, reason }: MwiEffect): MwiSwitchesView['gateways'][number] {
  return { uuid, name, shown: blockedBy === null, blocked_by: blockedBy, reason }
}
