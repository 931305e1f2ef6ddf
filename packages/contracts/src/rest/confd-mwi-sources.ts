import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { confdList, linkSchema, nullable, pageQuery, text } from './schemas.js'

const route = routesOf('confd')

/** Printable, and none of the characters that part a SIP address. */
const user = Type.String({ pattern: '^[A-Za-z0-9._+*~-]{1,79}(?!\\n)$', examples: ['pbx'] })
const secret = nullable(
  Type.String({
    minLength: 8,
    maxLength: 128,
    pattern: '^[\\x21-\\x7e]*$',
    description: 'write-only',
    examples: ['a-long-secret'],
  }),
)

/** One place of a server. */
const targetSchema = Type.Object({
  host: Type.String({
    pattern: '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(?!\\n)$',
    maxLength: 253,
    examples: ['sip.example.net'],
  }),
  port: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 65_535 }))),
  transport: Type.Optional(nullable(Type.String({ pattern: '^(UDP|TCP|TLS|WSS?)(?!\\n)$', examples: ['UDP'] }))),
})
/** Wire form of {@link targetSchema}. */
export type MwiTarget = Static<typeof targetSchema>

const sourceFields = {
  name: text(80, 1),
  enabled: Type.Boolean(),
  username: nullable(user),
  digest_algorithm: Type.Enum(['MD5', 'SHA-256']),
  voicemail_id: nullable(
    Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description: 'the external mailbox it feeds',
      examples: [null],
    }),
  ),
  context: nullable(Type.String({ maxLength: 79, description: 'where its numbers are mailboxes', examples: [null] })),
  mapping: Type.Enum(['voicemail', 'request_uri', 'to', 'message_account'], {
    description: 'notify: which mailbox a NOTIFY is about: always the one, or the number it names there',
  }),
  addresses: Type.Array(Type.String({ maxLength: 49, examples: ['192.0.2.0/24'] }), {
    maxItems: 32,
    description: 'notify: who sends from here needs no digest',
  }),
  stale_after_s: nullable(
    Type.Integer({
      minimum: 60,
      maximum: 31_536_000,
      description: 'ari, notify: not heard of for so long, the counts it set are stale',
    }),
  ),
  targets: Type.Array(targetSchema, { maxItems: 8, description: 'subscribe: places of the server, in their order' }),
  remote_voicemail: nullable(
    Type.String({
      pattern: '^[A-Za-z0-9._+*~@!$&=-]{1,120}(?!\\n)$',
      description: 'subscribe: what to subscribe to',
      examples: ['1001'],
    }),
  ),
  auth_username: nullable(user),
  expires_s: Type.Integer({ minimum: 60, maximum: 86_400 }),
}

const sourceKind = Type.Enum(['ari', 'notify', 'subscribe'], {
  description: 'ari: an account of /ari; notify: a peer that tells us; subscribe: a server that we ask',
})

/** How the feed stands. */
const statusSchema = Type.Object({
  state: Type.String({ description: 'subscribe: idle, subscribing, active, refreshing, waiting, stopped' }),
  last_status: nullable(Type.Integer({ description: 'last SIP answer to our SUBSCRIBE' })),
  last_reason: nullable(Type.String({ description: 'why it failed or ended' })),
  last_heard_at: nullable(Type.String()),
  expires_at: nullable(Type.String()),
  target: nullable(Type.String({ description: 'the place it stands with' })),
})

/** A source of counts as every answer shows it: without its secret. */
const sourceSchema = Type.Object({
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  kind: sourceKind,
  ...sourceFields,
  has_secret: Type.Boolean(),
  status: statusSchema,
  links: Type.Array(linkSchema),
})
/** Wire form of a source of counts. */
export type MwiSourceView = Static<typeof sourceSchema>

const inputFields = {
  ...Type.Partial(Type.Object(sourceFields)).properties,
  secret: Type.Optional(secret),
  address: Type.Optional(
    Type.String({
      maxLength: 512,
      description:
        'subscribe: `user[:secret[:authuser]]@host[:port]/mailbox` in place of the fields it names; write-only',
      examples: ['1001:secret@sip.example.net/1001'],
    }),
  ),
}
const sourceCreateSchema = Type.Object(
  { ...inputFields, name: sourceFields.name, kind: sourceKind },
  { examples: [{ name: 'PBX', kind: 'ari', username: 'pbx' }] },
)
const sourceUpdateSchema = Type.Object(inputFields, { examples: [{ name: 'PBX', enabled: false }] })
/** Wire form of a source to create. */
export type MwiSourceCreate = Static<typeof sourceCreateSchema>
/** Wire form of a change of a source: absent keys keep their value. */
export type MwiSourceUpdate = Static<typeof sourceUpdateSchema>

/** Where counts of the tenant's external mailboxes come from. */
export const listMwiSources = route({
  method: 'GET',
  path: '/mwi-sources',
  acl: 'confd.mwi-sources.read',
  summary: 'List sources of message-waiting counts',
  query: pageQuery,
  success: 200,
  response: confdList(sourceSchema),
})

/** Creates a source. */
export const createMwiSource = route({
  method: 'POST',
  path: '/mwi-sources',
  acl: 'confd.mwi-sources.create',
  summary: 'Create a source of message-waiting counts; a generated secret is shown this once',
  body: sourceCreateSchema,
  idempotent: true,
  success: 201,
  response: Type.Object({ ...sourceSchema.properties, secret: Type.Optional(Type.String()) }),
})

const sourceUuid = { uuid: 'uuid' } as const

/** One source. */
export const getMwiSource = route({
  method: 'GET',
  path: '/mwi-sources/{uuid}',
  params: sourceUuid,
  acl: 'confd.mwi-sources.{uuid}.read',
  summary: 'Read a source of message-waiting counts',
  conditional: true,
  success: 200,
  response: sourceSchema,
})

/** Changes a source; one that stopped starts again. */
export const updateMwiSource = route({
  method: 'PUT',
  path: '/mwi-sources/{uuid}',
  params: sourceUuid,
  acl: 'confd.mwi-sources.{uuid}.update',
  summary: 'Change a source of message-waiting counts; one that stopped starts again',
  body: sourceUpdateSchema,
  conditional: true,
  success: 204,
})

/** Deletes a source; its mailboxes keep their last counts. */
export const deleteMwiSource = route({
  method: 'DELETE',
  path: '/mwi-sources/{uuid}',
  params: sourceUuid,
  acl: 'confd.mwi-sources.{uuid}.delete',
  summary: 'Delete a source of message-waiting counts; its mailboxes keep their last ones',
  conditional: true,
  success: 204,
})
