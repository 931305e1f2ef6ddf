import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { authList, authListFields, nullable, text } from './schemas.js'

const route = routesOf('auth')

const addressPart = Type.Optional(nullable(text(256)))
const addressSchema = Type.Object({
  line_1: addressPart,
  line_2: addressPart,
  city: addressPart,
  state: addressPart,
  country: addressPart,
  zip_code: addressPart,
})

/** A tenant as every answer shows it (rest.md 4.6). */
const tenantSchema = Type.Object({
  uuid: Type.String(),
  parent_uuid: Type.String(),
  name: nullable(Type.String()),
  slug: Type.String(),
  contact: nullable(Type.String()),
  phone: nullable(Type.String()),
  domain_names: Type.Array(Type.String()),
  default_authentication_method: Type.String(),
  address: addressSchema,
})
/** Wire form of a tenant. */
export type TenantView = Static<typeof tenantSchema>

const tenantFields = {
  contact: Type.Optional(nullable(text(254))),
  phone: Type.Optional(nullable(text(64))),
  domain_names: Type.Optional(
    Type.Array(
      Type.String({
        maxLength: 253,
        pattern: '^(?!-)[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,63}$',
        examples: ['acme.example'],
      }),
      {
        maxItems: 100,
      },
    ),
  ),
  address: Type.Optional(addressSchema),
}
const tenantName = text(256, 1)

/** A tenant to create below the effective one. Without a slug one is made from the name. */
const tenantCreateSchema = Type.Object({
  uuid: Type.Optional(Type.String({ format: 'uuid' })),
  name: tenantName,
  slug: Type.Optional(nullable(Type.String({ pattern: '^[A-Za-z0-9_]{1,10}$' }))),
  ...tenantFields,
})
/** Body of a creation. */
export type TenantCreate = Static<typeof tenantCreateSchema>

/** What may change of a tenant; what is absent stays. The slug is part of context names and never changes. */
const tenantUpdateSchema = Type.Object({ name: Type.Optional(tenantName), ...tenantFields })
/** Body of a change. */
export type TenantUpdate = Static<typeof tenantUpdateSchema>

const tenantUuid = { tenant_uuid: 'uuid' } as const

/** The effective tenant and everything below it. */
export const listTenants = route({
  method: 'GET',
  path: '/tenants',
  acl: 'auth.tenants.read',
  summary: 'List tenants',
  query: Type.Object({
    ...authListFields,
    order: Type.Optional(Type.Enum(['name', 'slug'])),
    uuid: Type.Optional(Type.String({ format: 'uuid' })),
    name: Type.Optional(text(256)),
    slug: Type.Optional(text(64)),
  }),
  success: 200,
  response: authList(tenantSchema),
})

/** Creates a tenant with the two policies every tenant has. */
export const createTenant = route({
  method: 'POST',
  path: '/tenants',
  acl: 'auth.tenants.create',
  summary: 'Create a tenant',
  idempotent: true,
  body: tenantCreateSchema,
  success: 200,
  response: tenantSchema,
})

/** One tenant. */
export const getTenant = route({
  method: 'GET',
  path: '/tenants/{tenant_uuid}',
  params: tenantUuid,
  acl: 'auth.tenants.{tenant_uuid}.read',
  summary: 'Read a tenant',
  success: 200,
  response: tenantSchema,
})

/** Changes a tenant. */
export const updateTenant = route({
  method: 'PUT',
  path: '/tenants/{tenant_uuid}',
  params: tenantUuid,
  acl: 'auth.tenants.{tenant_uuid}.edit',
  summary: 'Change a tenant',
  body: tenantUpdateSchema,
  success: 200,
  response: tenantSchema,
})

/** Deletes a tenant that has nothing left: no tenants below it, no users, contexts or devices. */
export const deleteTenant = route({
  method: 'DELETE',
  path: '/tenants/{tenant_uuid}',
  params: tenantUuid,
  acl: 'auth.tenants.{tenant_uuid}.delete',
  summary: 'Delete an empty tenant',
  success: 204,
})
