import {
  API_BASE,
  createOwnRecordingLink,
  createVoicemailRecordingLink,
  getLinkedRecording,
} from '@lamplighter/contracts'
import type { Created } from '@lamplighter/domain'
import { type Answer, type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { type AudioStore, onlyTenant, type Store, tenantSubtree } from '@lamplighter/store'
import { mailboxIdOf, messageIdOf } from './ids.js'
import { noteListening } from './listening.js'
import { recordingAnswer } from './recording-answer.js'
import type { MadeLink, RecordingLinkService } from './recording-link-service.js'

const DEFAULT_LIFETIME_SEC = 60

/** Links to recordings: made with a token, followed without one (users.md S11). */
export function recordingLinkRoutes(store: Store, links: RecordingLinkService, audio: AudioStore): Implementation[] {
  return [
    implement(createVoicemailRecordingLink, async (call) => {
      const [reach, id] = [{ mailboxId: mailboxIdOf(call) }, messageIdOf(call)]
      const { userId } = call.caller.principal
      const lifetime = lifetimeOf(call)
      const scope = tenantSubtree(call.tenantId)
      return madeAnswer(call, await links.make(scope, reach, id, userId, lifetime, call.repeatKey()))
    }),
    implement(createOwnRecordingLink, async (call) => {
      const { userId } = call
      const id = messageIdOf(call)
      const lifetime = lifetimeOf(call)
      const scope = onlyTenant(call.tenantId)
      return madeAnswer(call, await links.make(scope, { userId }, id, userId, lifetime, call.repeatKey()))
    }),
    implement(getLinkedRecording, async (call) => {
      const link = links.read(call.param('link'))
      const found = await links.open(link)
      const answer = await recordingAnswer(call, audio, found.message, call.query().download === '1')
      // In the name of the link's maker, who answers for it.
      const actor = { userId: link.maker, requestId: call.request.id, remoteAddr: call.request.ip }
      await noteListening(store, { request: call.request, actor }, found, answer, { via: 'link' })
      return answer
    }),
  ]
}

function lifetimeOf(call: Pick<Call<typeof createOwnRecordingLink>, 'body'>): number {
  return call.body().expires_in_s ?? DEFAULT_LIFETIME_SEC
}

function madeAnswer(call: Pick<Call, 'url'>, { value, replayed }: Created<MadeLink>): Answer {
  const url = call.url(`${API_BASE.calld}/recordings/${value.link}`)
  return createdAnswer(url, { url, expires_at: value.expiresAt.toISOString() }, replayed)
}
