import Type, { type Static, type TObject, type TSchema } from 'typebox'
import { claimSchema, listedMessageSchema, messageSchema } from '../message-view.js'
import { type RouteContract, routesOf } from './route.js'
import { nullable } from './schemas.js'

const route = routesOf('calld')

/** Text of several lines; no other control characters. */
const note = nullable(Type.String({ maxLength: 2000, pattern: '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$' }))

const claimBody = Type.Object({
  lease_s: Type.Optional(
    Type.Integer({ minimum: 5, maximum: 86_400, description: 'seconds until the claim lapses; default the tenant’s' }),
  ),
})

const statusBody = Type.Object({ status: Type.Enum(['open', 'done', 'call-back']), note: Type.Optional(note) })
/** Wire form of a status. */
export type StatusInput = Static<typeof statusBody>

const flagsBody = Type.Object({
  unread: Type.Optional(Type.Boolean({ description: 'false moves it to the folder `old`, true back to its inbox' })),
  priority: Type.Optional(Type.Enum(['normal', 'urgent'])),
  private: Type.Optional(Type.Boolean({ description: 'it cannot be forwarded' })),
})
/** Wire form of flags. */
export type FlagsInput = Static<typeof flagsBody>

const forwardBody = Type.Object({
  voicemail_ids: Type.Array(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }), {
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
    description: 'other mailboxes of the same tenant',
  }),
  keep: Type.Optional(Type.Boolean({ description: 'false moves the original to the trash; default true' })),
  note: Type.Optional(note),
})
/** Wire form of a forwarding. */
export type ForwardInput = Static<typeof forwardBody>

type Operation<Body extends TSchema> = Pick<RouteContract<TObject, Body>, 'method' | 'summary' | 'success'> &
  Partial<Pick<RouteContract<TObject, Body>, 'body' | 'response' | 'optionalBody' | 'idempotent'>>

/** One operation on a message by both ways to it: through its mailbox, and among those the calling user reaches. */
function bothWays<Body extends TSchema>(part: string, action: string, input: Operation<Body>) {
  return [
    route({
      ...input,
      path: `/voicemails/{voicemail_id}/messages/{message_id}/${part}`,
      params: { voicemail_id: 'text', message_id: 'text' },
      acl: `calld.voicemails.{voicemail_id}.messages.{message_id}.${part}.${action}`,
    }),
    route({
      ...input,
      path: `/users/me/voicemails/messages/{message_id}/${part}`,
      params: { message_id: 'text' },
      acl: `calld.users.me.voicemails.messages.{message_id}.${part}.${action}`,
    }),
  ] as const
}

/** Takes a message on for a while: meanwhile it does not count for the others. Again by the same user, it goes on. */
export const [claimVoicemailMessage, claimOwnMessage] = bothWays('claim', 'update', {
  method: 'PUT',
  summary: 'Claim a message',
  body: claimBody,
  optionalBody: true,
  success: 200,
  response: claimSchema,
})

/** Gives a claim up; by the mailbox also somebody else's. */
export const [releaseVoicemailClaim, releaseOwnClaim] = bothWays('claim', 'delete', {
  method: 'DELETE',
  summary: 'Give up the claim on a message',
  success: 204,
})

/** Says how far people are with a message. */
export const [setVoicemailMessageStatus, setOwnMessageStatus] = bothWays('status', 'update', {
  method: 'PUT',
  summary: 'Set the status of a message and the note on it; done ends its claim',
  body: statusBody,
  success: 200,
  response: messageSchema,
})

/** Marks a message. */
export const [setVoicemailMessageFlags, setOwnMessageFlags] = bothWays('flags', 'update', {
  method: 'PUT',
  summary: 'Mark a message read or unread, urgent or normal, private or not',
  body: flagsBody,
  success: 200,
  response: messageSchema,
})

/** Copies a message to other mailboxes, all or none. */
export const [forwardVoicemailMessage, forwardOwnMessage] = bothWays('forward', 'create', {
  method: 'POST',
  summary: 'Forward a message to other mailboxes of the tenant',
  idempotent: true,
  body: forwardBody,
  success: 201,
  response: Type.Object({ total: Type.Integer(), items: Type.Array(listedMessageSchema) }),
})

/** Operations of the team inbox. */
export const TEAM_ROUTES: readonly RouteContract[] = [
  claimVoicemailMessage,
  claimOwnMessage,
  releaseVoicemailClaim,
  releaseOwnClaim,
  setVoicemailMessageStatus,
  setOwnMessageStatus,
  setVoicemailMessageFlags,
  setOwnMessageFlags,
  forwardVoicemailMessage,
  forwardOwnMessage,
]
