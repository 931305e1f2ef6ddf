import Type, { type Static } from 'typebox'
import { voicemailFields, voicemailSchema } from './confd-voicemails.js'
import { routesOf } from './route.js'
import { confdList, nullable, pageQuery } from './schemas.js'

const route = routesOf('confd')

/** A deleted mailbox: as it was, with the moments of its deletion and of its end. */
const deletedVoicemailSchema = Type.Object({
  ...voicemailSchema.properties,
  context: nullable(Type.String({ description: 'null when the context was deleted meanwhile' })),
  deleted_at: Type.String({ description: 'ISO 8601, UTC' }),
  purge_at: Type.String({ description: 'when it and its messages go for good, ISO 8601, UTC' }),
})
/** Wire form of a deleted mailbox. */
export type DeletedVoicemailView = Static<typeof deletedVoicemailSchema>

/** Where to restore a mailbox, when its old place is taken or gone. */
const restoreSchema = Type.Partial(Type.Object({ number: voicemailFields.number, context: voicemailFields.context }))
/** Wire form of a restoration. */
export type VoicemailRestore = Static<typeof restoreSchema>

/** The deleted mailboxes of the tenant, the latest first. */
export const listDeletedVoicemails = route({
  method: 'GET',
  path: '/voicemails/trash',
  acl: 'confd.voicemails.trash.read',
  summary: 'List deleted mailboxes that can be restored',
  query: pageQuery,
  success: 200,
  response: confdList(deletedVoicemailSchema),
})

/** Brings a deleted mailbox back with its messages. */
export const restoreVoicemail = route({
  method: 'PUT',
  path: '/voicemails/{id}/restore',
  params: { id: 'integer' },
  acl: 'confd.voicemails.{id}.restore.update',
  summary: 'Restore a deleted mailbox with its messages',
  body: restoreSchema,
  optionalBody: true,
  success: 204,
})
