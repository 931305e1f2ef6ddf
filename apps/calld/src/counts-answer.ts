import type { MwiView } from '@lamplighter/contracts'
import type { Answer, Call } from '@lamplighter/http'
import { formatMessageSummary, MESSAGE_SUMMARY_TYPE } from '@lamplighter/sip'

/** Counts as JSON, or as the very body a phone gets when the client asks for that type. */
export function countsAnswer(call: Pick<Call, 'request'>, counts: MwiView): Answer {
  const accept = call.request.headers.accept ?? ''
  if (!accept.toLowerCase().includes(MESSAGE_SUMMARY_TYPE)) return { body: counts }
  const { new: unread, old, urgent_new: urgentNew, urgent_old: urgentOld } = counts
  const text = formatMessageSummary({ new: unread, old, urgentNew, urgentOld })
  return { headers: { 'content-type': MESSAGE_SUMMARY_TYPE }, body: text }
}
