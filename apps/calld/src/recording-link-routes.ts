import {
  API_BASE,
  createOwnRecordingLink,
  createVoicemailRecordingLink,
  getLinkedRecording,
} from '@lamplighter/contracts'
import { type Answer, type Call, type Implementation, implement } from '@lamplighter/http'
import { type AudioStore, onlyTenant, tenantSubtree } from '@lamplighter/store'
import { isListening } from './audio-answer.js'
import { mailboxIdOf, messageIdOf } from './ids.js'
import { recordingAnswer } from './recording-answer.js'
import type { MadeLink, RecordingLinkService } from './recording-link-service.js'

const DEFAULT_LIFETIME_SEC = 60

/** Links to recordings: made with a token, followed without one (users.md S11). */
export function recordingLinkRoutes(links: RecordingLinkService, audio: AudioStore): Implementation[] {
  return [
    implement(createVoicemailRecordingLink, async (call) => {
      const [reach, id] = [{ mailboxId: mailboxIdOf(call) }, messageIdOf(call)]
      const { userId } = call.caller.principal
      return madeAnswer(call, await links.make(tenantSubtree(call.tenantId), reach, id, userId, lifetimeOf(call)))
    }),
    implement(createOwnRecordingLink, async (call) => {
      const { userId } = call
      const id = messageIdOf(call)
      return madeAnswer(call, await links.make(onlyTenant(call.tenantId), { userId }, id, userId, lifetimeOf(call)))
    }),
    implement(getLinkedRecording, async (call) => {
      const link = links.read(call.param('link'))
      const answer = await recordingAnswer(call, audio, await links.open(link), call.query().download === '1')
      const { id: requestId, ip: remoteAddr } = call.request
      if (isListening(call, answer)) await links.heard(link, { requestId, remoteAddr })
      return answer
    }),
  ]
}

function lifetimeOf(call: Pick<Call<typeof createOwnRecordingLink>, 'body'>): number {
  return call.body().expires_in_s ?? DEFAULT_LIFETIME_SEC
}

function madeAnswer(call: Pick<Call, 'url'>, { link, expiresAt }: MadeLink): Answer {
  const url = call.url(`${API_BASE.calld}/recordings/${link}`)
  return { body: { url, expires_at: expiresAt.toISOString() } }
}
