import type { Answer, Call } from '@lamplighter/http'
import type { MessageInMailbox, Store } from '@lamplighter/store'

/**
 * Notes in the audit log that somebody listens to a message, before the first byte goes out. Players ask for the rest
 * in ranges: only what begins at the beginning counts, so that listening once is one entry.
 */
export async function noteListening(
  store: Store,
  call: Pick<Call, 'request' | 'actor'>,
  { message, mailbox }: MessageInMailbox,
  answer: Answer,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (call.request.method !== 'GET' || !beginsAtTheBeginning(answer)) return
  await store.note({
    tenantId: mailbox.tenantId,
    actor: call.actor,
    action: 'message.listened',
    mailboxId: mailbox.id,
    messageId: message.id,
    details,
  })
}

function beginsAtTheBeginning({ stream, headers }: Answer): boolean {
  const range = headers?.['content-range']
  return stream !== undefined && (range === undefined || String(range).startsWith('bytes 0-'))
}
