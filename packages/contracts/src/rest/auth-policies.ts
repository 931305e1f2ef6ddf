import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { authList, authListFields, nullable, text } from './schemas.js'

const route = routesOf('auth')

/** Most patterns a policy may have; with {@link MAX_POLICIES_OF_USER} it keeps what a token holds below a thousand. */
const MAX_PATTERNS = 100
/** Most policies a user may have. */
export const MAX_POLICIES_OF_USER = 10

/** A policy as every answer shows it. */
const policySchema = Type.Object({
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  name: Type.String(),
  slug: Type.String(),
  description: nullable(Type.String()),
  acl: Type.Array(Type.String()),
  /** Built in: cannot be changed or deleted. */
  read_only: Type.Boolean(),
  shared: Type.Boolean(),
})
/** Wire form of a policy. */
export type PolicyView = Static<typeof policySchema>

const acl = Type.Array(text(256, 1), { maxItems: MAX_PATTERNS })
const policyName = text(80, 1)
const description = Type.Optional(nullable(text(1024)))

/** A policy to create. Without a slug one is made from the name. */
const policyCreateSchema = Type.Object({
  name: policyName,
  slug: Type.Optional(nullable(Type.String({ pattern: '^[A-Za-z0-9_-]{1,80}$' }))),
  description,
  acl: Type.Optional(acl),
})
/** Body of a creation. */
export type PolicyCreate = Static<typeof policyCreateSchema>

/** A policy as it shall be; without `acl` it has no patterns, as the peer has it. */
const policyUpdateSchema = Type.Object({ name: policyName, description, acl: Type.Optional(acl) })
/** Body of a change. */
export type PolicyUpdate = Static<typeof policyUpdateSchema>

const policyUuid = { policy_uuid: 'uuid' } as const
const listFields = {
  ...authListFields,
  order: Type.Optional(Type.Enum(['name', 'slug', 'description', 'uuid'])),
}
const userPolicy = { user_uuid: 'uuid', policy_uuid: 'uuid' } as const

/** The policies of the tenant. */
export const listPolicies = route({
  method: 'GET',
  path: '/policies',
  acl: 'auth.policies.read',
  summary: 'List policies',
  query: Type.Object({ ...listFields, recurse: Type.Optional(Type.Boolean()) }),
  success: 200,
  response: authList(policySchema),
})

/** Creates a policy. Nobody can put more into it than their own token allows. */
export const createPolicy = route({
  method: 'POST',
  path: '/policies',
  acl: 'auth.policies.create',
  summary: 'Create a policy',
  idempotent: true,
  body: policyCreateSchema,
  success: 200,
  response: policySchema,
})

/** One policy. */
export const getPolicy = route({
  method: 'GET',
  path: '/policies/{policy_uuid}',
  params: policyUuid,
  acl: 'auth.policies.{policy_uuid}.read',
  summary: 'Read a policy',
  success: 200,
  response: policySchema,
})

/** Changes a policy, and at once the rights of everyone who has it. */
export const updatePolicy = route({
  method: 'PUT',
  path: '/policies/{policy_uuid}',
  params: policyUuid,
  acl: 'auth.policies.{policy_uuid}.edit',
  summary: 'Change a policy',
  body: policyUpdateSchema,
  success: 200,
  response: policySchema,
})

/** Deletes a policy, also from whoever has it. */
export const deletePolicy = route({
  method: 'DELETE',
  path: '/policies/{policy_uuid}',
  params: policyUuid,
  acl: 'auth.policies.{policy_uuid}.delete',
  summary: 'Delete a policy',
  success: 204,
})

/** The policies of a user. */
export const listUserPolicies = route({
  method: 'GET',
  path: '/users/{user_uuid}/policies',
  params: { user_uuid: 'uuid' },
  acl: 'auth.users.{user_uuid}.policies.read',
  summary: 'List the policies of a user',
  query: Type.Object(listFields),
  success: 200,
  response: authList(policySchema),
})

/** Gives a user a policy of their tenant. */
export const addUserPolicy = route({
  method: 'PUT',
  path: '/users/{user_uuid}/policies/{policy_uuid}',
  params: userPolicy,
  acl: 'auth.users.{user_uuid}.policies.{policy_uuid}.create',
  summary: 'Give a user a policy',
  success: 204,
})

/** Takes a policy away from a user. */
export const removeUserPolicy = route({
  method: 'DELETE',
  path: '/users/{user_uuid}/policies/{policy_uuid}',
  params: userPolicy,
  acl: 'auth.users.{user_uuid}.policies.{policy_uuid}.delete',
  summary: 'Take a policy away from a user',
  success: 204,
})
