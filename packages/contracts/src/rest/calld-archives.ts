import Type, { type Static } from 'typebox'
import { type RouteContract, routesOf } from './route.js'
import { text } from './schemas.js'

const route = routesOf('calld')

const mailbox = { voicemail_id: 'text' } as const
const callerNumber = text(80, 1)

/** The messages of a mailbox with their audio, as a tar archive. */
export const exportVoicemail = route({
  method: 'GET',
  path: '/voicemails/{voicemail_id}/export',
  params: mailbox,
  acl: 'calld.voicemails.{voicemail_id}.export.read',
  summary: 'Export the messages of a mailbox with their audio',
  rateLimit: 'media',
  produces: 'application/x-tar',
  success: 200,
})

/** Everything of a caller in the tenant, what lies in the trash included. */
export const exportCaller = route({
  method: 'GET',
  path: '/voicemails/messages/export',
  acl: 'calld.voicemails.messages.export.read',
  summary: 'Export the messages of a caller with their audio',
  query: Type.Object({ caller_id_num: callerNumber }),
  rateLimit: 'media',
  produces: 'application/x-tar',
  success: 200,
})

/** Brings an exported archive into a mailbox: all of it or nothing. */
export const importVoicemail = route({
  method: 'POST',
  path: '/voicemails/{voicemail_id}/import',
  params: mailbox,
  acl: 'calld.voicemails.{voicemail_id}.import.create',
  summary: 'Import an exported archive into a mailbox; messages that are there already are skipped',
  bodyKind: 'archive',
  success: 200,
  response: Type.Object({ imported: Type.Integer(), skipped: Type.Integer() }),
})

const erasureSchema = Type.Object({
  messages: Type.Integer(),
  objects: Type.Integer({ description: 'audio objects that are gone' }),
  transcriptions: Type.Integer(),
  held: Type.Array(Type.Object({ voicemail_id: Type.Integer(), message_id: Type.String() }), {
    description: 'messages under legal hold, which stay',
  }),
})
/** Wire form of {@link erasureSchema}. */
export type ErasureReport = Static<typeof erasureSchema>

/** Erases a caller's messages in the tenant for good. Asked again, it finds nothing. */
export const eraseCaller = route({
  method: 'POST',
  path: '/voicemails/erasures',
  acl: 'calld.voicemails.erasures.create',
  summary: 'Erase the messages of a caller for good',
  body: Type.Object({ caller_id_num: callerNumber }),
  success: 200,
  response: erasureSchema,
})

/** Archives and erasures of calld. */
export const CALLD_ARCHIVE_ROUTES: readonly RouteContract[] = [
  exportVoicemail,
  exportCaller,
  importVoicemail,
  eraseCaller,
]
