import { GREETING_NAMES } from '@lamplighter/domain'
import Type from 'typebox'
import { type ParamKind, type RouteContract, routesOf } from './route.js'

const route = routesOf('calld')

const copySchema = Type.Object({ dest_greeting: Type.Enum([...GREETING_NAMES]) })

/** The operations on the greetings of a mailbox, wherever the path says which mailbox that is (rest.md 3.7). */
function greetingsAt(prefix: string, acl: string, whose: string, ids: Readonly<Record<string, ParamKind>> = {}) {
  const path = `${prefix}/greetings/{greeting}`
  const access = `${acl}.greetings.{greeting}`
  const params = { ...ids, greeting: 'text' } as const
  return {
    create: route({
      method: 'POST',
      path,
      params,
      acl: `${access}.create`,
      summary: `Record a greeting ${whose}: a WAV body`,
      bodyKind: 'audio',
      idempotent: true,
      success: 204,
    }),
    read: route({
      method: 'GET',
      path,
      params,
      acl: `${access}.read`,
      summary: `Play a greeting ${whose}`,
      rateLimit: 'media',
      produces: 'audio/wav',
      success: 200,
    }),
    replace: route({
      method: 'PUT',
      path,
      params,
      acl: `${access}.update`,
      summary: `Replace a greeting ${whose}: a WAV body`,
      bodyKind: 'audio',
      success: 204,
    }),
    remove: route({
      method: 'DELETE',
      path,
      params,
      acl: `${access}.delete`,
      summary: `Delete a greeting ${whose}; also when there is none`,
      success: 204,
    }),
    copy: route({
      method: 'POST',
      path: `${path}/copy`,
      params,
      acl: `${access}.copy.create`,
      summary: `Copy a greeting ${whose} to another name of the same mailbox, over what is there`,
      body: copySchema,
      success: 204,
    }),
  } as const
}

/** The operations of one path family. */
export type GreetingRoutes = ReturnType<typeof greetingsAt>

const mailbox = { voicemail_id: 'text' } as const

/** Greetings of any mailbox in scope, by its id (rest.md 3.1, 8 to 13). */
export const voicemailGreetings = greetingsAt(
  '/voicemails/{voicemail_id}',
  'calld.voicemails.{voicemail_id}',
  'of a mailbox',
  mailbox,
)
/** Its operations, under the names that documents give them. */
export const {
  create: createVoicemailGreeting,
  read: getVoicemailGreeting,
  replace: replaceVoicemailGreeting,
  remove: deleteVoicemailGreeting,
  copy: copyVoicemailGreeting,
} = voicemailGreetings

/** Greetings of the caller's own mailbox (rest.md 3.1, 21 to 26). */
export const ownGreetings = greetingsAt('/users/me/voicemails', 'calld.users.me.voicemails', 'of the own mailbox')
/** Its operations, under the names that documents give them. */
export const {
  create: createOwnGreeting,
  read: getOwnGreeting,
  replace: replaceOwnGreeting,
  remove: deleteOwnGreeting,
  copy: copyOwnGreeting,
} = ownGreetings

/** Greetings of a mailbox the caller reaches with the right to greet (ours). */
export const reachedGreetings = greetingsAt(
  '/users/me/voicemails/all/{voicemail_id}',
  'calld.users.me.voicemails.all.{voicemail_id}',
  'of a mailbox in reach',
  mailbox,
)
/** Its operations, under the names that documents give them. */
export const {
  create: createReachedGreeting,
  read: getReachedGreeting,
  replace: replaceReachedGreeting,
  remove: deleteReachedGreeting,
  copy: copyReachedGreeting,
} = reachedGreetings

/** Every operation on greetings. */
export const GREETING_ROUTES: readonly RouteContract[] = [voicemailGreetings, ownGreetings, reachedGreetings].flatMap(
  (family): RouteContract[] => Object.values(family),
)
