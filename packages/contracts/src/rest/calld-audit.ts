import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { nullable } from './schemas.js'

const route = routesOf('calld')

const uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?!\\n)$',
})
/** A moment with its offset (rest.md 1.6). */
const moment = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2})(?!\\n)$',
  examples: ['2026-11-24T09:00:00+01:00'],
})

const auditQuery = Type.Object({
  mailbox_id: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  message_id: Type.Optional(uuid),
  actor_uuid: Type.Optional(uuid),
  action: Type.Optional(
    Type.String({ pattern: '^[a-z_]{1,32}\\.[a-z_]{1,32}(?!\\n)$', examples: ['message.deleted'] }),
  ),
  from: Type.Optional(moment),
  until: Type.Optional(moment),
  recurse: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'default 100' })),
  cursor: Type.Optional(Type.String({ maxLength: 256, examples: ['WzE3OTU1MTA4MDAwMDAwMDAsNDJd'] })),
})

const auditSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      tenant_uuid: Type.String(),
      at: Type.String({ description: 'ISO 8601, UTC' }),
      actor_uuid: nullable(Type.String({ description: 'user; null for the system itself' })),
      action: Type.String({ description: 'e.g. `message.deleted`' }),
      mailbox_id: nullable(Type.Integer()),
      message_id: nullable(Type.String()),
      details: Type.Object({}, { additionalProperties: true }),
      request_id: nullable(Type.String()),
      remote_addr: nullable(Type.String()),
    }),
  ),
  next_cursor: Type.Optional(Type.String({ description: 'there is more: the cursor of the next page' })),
})
/** Wire form of {@link auditSchema}. */
export type AuditView = Static<typeof auditSchema>

/** Who did what. */
export const listAudit = route({
  method: 'GET',
  path: '/audit',
  acl: 'calld.audit.read',
  summary: 'List who listened, moved, deleted and changed what, newest first',
  query: auditQuery,
  success: 200,
  response: auditSchema,
})
