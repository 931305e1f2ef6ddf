import { Readable } from 'node:stream'
import { type GreetingRoutes, ownGreetings, reachedGreetings, voicemailGreetings } from '@lamplighter/contracts'
import { findGreetingName, type GreetingName } from '@lamplighter/domain'
import { type Answer, type Call, type Implementation, implement } from '@lamplighter/http'
import { type AudioStore, onlyTenant, tenantSubtree } from '@lamplighter/store'
import { audioAnswer } from './audio-answer.js'
import { type GreetingPlace, type GreetingService, type GreetingUpload, noSuchGreeting } from './greeting-service.js'
import { mailboxIdOf } from './ids.js'

/** The part of a call that says which mailbox. */
type PlaceCall = Pick<Call, 'param' | 'tenantId' | 'userId'>
type Whose = (call: PlaceCall) => Omit<GreetingPlace, 'name'>
type UploadCall = PlaceCall & Pick<Call, 'request' | 'actor'>

/** Peers see an empty body where a form was sent (rest.md 3.7). */
const FORM_TYPES = /^\s*(multipart\/form-data|application\/x-www-form-urlencoded)\b/i

/** Greetings of any mailbox by id, of the own one, and of those in reach with the right to greet (rest.md 3.7). */
export function greetingRoutes(greetings: GreetingService, audio: AudioStore): Implementation[] {
  const byId: Whose = (call) => ({
    scope: tenantSubtree(call.tenantId),
    owner: { mailboxId: mailboxIdOf(call) },
  })
  const own: Whose = (call) => ({ scope: onlyTenant(call.tenantId), owner: { userId: call.userId } })
  const reached: Whose = (call) => ({
    scope: onlyTenant(call.tenantId),
    owner: { userId: call.userId, mailboxId: mailboxIdOf(call) },
  })
  return [
    ...greetingFamily(voicemailGreetings, byId, greetings, audio),
    ...greetingFamily(ownGreetings, own, greetings, audio),
    ...greetingFamily(reachedGreetings, reached, greetings, audio),
  ]
}

function greetingFamily(
  routes: GreetingRoutes,
  whose: Whose,
  greetings: GreetingService,
  audio: AudioStore,
): Implementation[] {
  const placeOf = (call: PlaceCall): GreetingPlace => ({ ...whose(call), name: nameOf(call) })
  const upload = (call: UploadCall, rest: Omit<GreetingUpload, 'audio'>) =>
    greetings.upload(placeOf(call), call.actor, { ...rest, audio: bodyOf(call) })
  return [
    implement(routes.create, async (call) => {
      const replayed = await upload(call, { mode: 'create', idempotencyKey: call.idempotencyKey() })
      return replayed ? { headers: { 'idempotency-replayed': 'true' } } : {}
    }),
    implement(routes.replace, async (call) => {
      await upload(call, { mode: 'replace' })
      return {}
    }),
    implement(routes.read, (call) => play(call, placeOf(call), greetings, audio)),
    implement(routes.remove, async (call) => {
      await greetings.remove(placeOf(call), call.actor)
      return {}
    }),
    implement(routes.copy, async (call) => {
      const place = placeOf(call)
      await greetings.copy(place, call.actor, call.body().dest_greeting as GreetingName)
      return {}
    }),
  ]
}

async function play(
  call: Pick<Call, 'request'>,
  place: GreetingPlace,
  greetings: GreetingService,
  audio: AudioStore,
): Promise<Answer> {
  const { name, audioKey, audioSha256 } = await greetings.find(place)
  const bytes = await audio.size(audioKey)
  if (bytes === undefined) throw noSuchGreeting(name)
  return audioAnswer(call, audio, {
    key: audioKey,
    bytes,
    etag: `"${audioSha256}"`,
    filename: `vm-greeting-${name}.wav`,
  })
}

/** Never 400: a name that is none of the three is not there, whatever the rest of the call is worth (rest.md 3.4). */
function nameOf(call: Pick<Call, 'param'>): GreetingName {
  const text = call.param('greeting')
  const name = findGreetingName(text)
  if (!name) throw noSuchGreeting(text)
  return name
}

function bodyOf({ request }: Pick<Call, 'request'>): Readable {
  const payload = (request.body ?? request.raw) as Readable
  if (!FORM_TYPES.test(request.headers['content-type'] ?? '')) return payload
  payload.resume()
  return Readable.from([])
}
