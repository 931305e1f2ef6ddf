import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { nullable, text } from './schemas.js'

const route = routesOf('confd')

const voicemailId = { id: 'integer' } as const

const verifySchema = Type.Object({
  pin: Type.String({ maxLength: 1024, description: 'what was dialled, as one try; digits only can be right' }),
  caller: Type.Optional(nullable(text(80))),
})

const verdictSchema = Type.Object({
  verified: Type.Boolean(),
  reason: Type.Optional(
    Type.Enum(['wrong', 'weak', 'locked', 'none-set'], {
      description: 'weak: it is the PIN, but one that opens nothing until it is changed; locked: not even looked at',
    }),
  ),
  retry_after_s: Type.Optional(Type.Integer({ minimum: 1, description: 'seconds until the lock ends' })),
})
/** Wire form of a verdict on a PIN. */
export type PinVerdictView = Static<typeof verdictSchema>

const unlockQuery = Type.Object({
  caller: Type.Optional(text(80)),
  tenant: Type.Optional(Type.Boolean({ description: 'ends the lock of the whole tenant, too' })),
})

/** Checks a PIN that somebody dialled (ours, users.md S1, S2). */
export const verifyPin = route({
  method: 'POST',
  path: '/voicemails/{id}/pin/verify',
  params: voicemailId,
  acl: 'confd.voicemails.{id}.pin.verify.create',
  summary: 'Check a PIN; wrong ones are counted for mailbox, caller and tenant, and lock',
  body: verifySchema,
  success: 200,
  response: verdictSchema,
})

/** Ends the lock of a mailbox, and of a caller or the tenant when asked. */
export const unlockPin = route({
  method: 'DELETE',
  path: '/voicemails/{id}/pin/lock',
  params: voicemailId,
  acl: 'confd.voicemails.{id}.pin.lock.delete',
  summary: 'Forget the wrong PINs of a mailbox, and of a caller or the tenant when asked',
  query: unlockQuery,
  success: 204,
})
