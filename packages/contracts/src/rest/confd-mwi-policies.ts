import Type, { type Static } from 'typebox'
import { type RouteContract, routesOf } from './route.js'
import { confdList, confdListFields, linkSchema, nullable, text } from './schemas.js'

const route = routesOf('confd')

const name = text(80, 1)
const allowMwi = Type.Boolean({ description: 'false: every lamp of its mailboxes is dark' })

/** A policy as every answer shows it. */
const mwiPolicySchema = Type.Object({
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  name,
  allow_mwi: allowMwi,
  links: Type.Array(linkSchema),
})
/** Wire form of a policy. */
export type MwiPolicyView = Static<typeof mwiPolicySchema>

const mwiPolicyCreateSchema = Type.Object({ name, allow_mwi: Type.Optional(allowMwi) })
const mwiPolicyUpdateSchema = Type.Object({ name: Type.Optional(name), allow_mwi: Type.Optional(allowMwi) })
/** Wire form of a change of a policy. */
export type MwiPolicyInput = Static<typeof mwiPolicyUpdateSchema>

/** Columns a list of policies may be ordered by and filtered on. */
export const MWI_POLICY_COLUMNS = ['name'] as const

/** The policies of the tenant. */
export const listMwiPolicies = route({
  method: 'GET',
  path: '/mwi-policies',
  acl: 'confd.mwi-policies.read',
  summary: 'List policies on message waiting',
  query: Type.Object(confdListFields(MWI_POLICY_COLUMNS)),
  success: 200,
  response: confdList(mwiPolicySchema),
})

/** Creates a policy. */
export const createMwiPolicy = route({
  method: 'POST',
  path: '/mwi-policies',
  acl: 'confd.mwi-policies.create',
  summary: 'Create a policy on message waiting',
  body: mwiPolicyCreateSchema,
  idempotent: true,
  success: 201,
  response: mwiPolicySchema,
})

const policyUuid = { mwi_policy_uuid: 'uuid' } as const

/** One policy. */
export const getMwiPolicy = route({
  method: 'GET',
  path: '/mwi-policies/{mwi_policy_uuid}',
  params: policyUuid,
  acl: 'confd.mwi-policies.{mwi_policy_uuid}.read',
  summary: 'Read a policy on message waiting',
  conditional: true,
  success: 200,
  response: mwiPolicySchema,
})

/** Changes a policy; the lamps of its mailboxes follow. */
export const updateMwiPolicy = route({
  method: 'PUT',
  path: '/mwi-policies/{mwi_policy_uuid}',
  params: policyUuid,
  acl: 'confd.mwi-policies.{mwi_policy_uuid}.update',
  summary: 'Change a policy on message waiting; the lamps of its mailboxes follow',
  body: mwiPolicyUpdateSchema,
  conditional: true,
  success: 204,
})

/** Deletes a policy that no mailbox has. */
export const deleteMwiPolicy = route({
  method: 'DELETE',
  path: '/mwi-policies/{mwi_policy_uuid}',
  params: policyUuid,
  acl: 'confd.mwi-policies.{mwi_policy_uuid}.delete',
  summary: 'Delete a policy on message waiting that no mailbox has',
  conditional: true,
  success: 204,
})

const effectSchema = Type.Object({
  uuid: Type.String(),
  name: nullable(Type.String()),
  shown: Type.Boolean({ description: 'whether it shows what waits' }),
  blocked_by: Type.Unsafe<'policy' | 'gateway' | 'device' | null>({
    type: ['string', 'null'],
    enum: ['policy', 'gateway', 'device', null],
    examples: [null],
  }),
  reason: nullable(Type.String({ description: 'what the ledger says of its lamp; null: it was never told' })),
})

/** The effective view: which switch keeps which lamp of a mailbox dark. */
const voicemailMwiSchema = Type.Object({
  voicemail_id: Type.Integer(),
  mwi_policy: Type.Unsafe<{ uuid: string; name: string; allow_mwi: boolean } | null>({
    ...Type.Object({ uuid: Type.String(), name: Type.String(), allow_mwi: Type.Boolean() }),
    type: ['object', 'null'],
  }),
  gateways: Type.Array(effectSchema),
  devices: Type.Array(effectSchema),
})
/** Wire form of the effective view. */
export type MwiSwitchesView = Static<typeof voicemailMwiSchema>

/** Which switch keeps which lamp of a mailbox dark. */
export const getVoicemailMwiSwitches = route({
  method: 'GET',
  path: '/voicemails/{id}/mwi',
  params: { id: 'integer' },
  acl: 'confd.voicemails.{id}.mwi.read',
  summary: 'Read which gateways and devices show a mailbox, and which switch keeps a lamp dark',
  success: 200,
  response: voicemailMwiSchema,
})

/** What there is of policies on message waiting. */
export const MWI_POLICY_ROUTES: readonly RouteContract[] = [
  listMwiPolicies,
  createMwiPolicy,
  getMwiPolicy,
  updateMwiPolicy,
  deleteMwiPolicy,
  getVoicemailMwiSwitches,
]
