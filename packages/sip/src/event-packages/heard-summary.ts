import type { Headers } from '../message/headers.js'
import { parseUri } from '../message/uri.js'
import { MESSAGE_SUMMARY_TYPE, type SummaryCounts } from './message-summary.js'

/** Larger counts are refused: whoever sends them cannot mean them. */
const MAX_HEARD_COUNT = 2_147_483_647

/**
 * What a body from elsewhere says of voicemail. `nothing new`: only that nothing waits, as FreeSWITCH says it of an empty
 * mailbox (sip.md 2.4).
 */
export type HeardSummary = {
  readonly counts: SummaryCounts | 'nothing new'
  /** User of the Message-Account. */
  readonly account: string | undefined
}

/** Whether a message carries a body of the package, however its type is written. */
export function hasMessageSummary(headers: Headers): boolean {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === MESSAGE_SUMMARY_TYPE
}

/**
 * Reads a body that shall set counts: liberally in its form (RFC 3842 5.2; asterisk.md 3), strictly in what it says. The
 * last Voice-Message line counts, and more than Messages-Waiting. Undefined when it does not say how much waits, or says
 * what cannot be: then nothing is known, and nothing must change.
 */
export function readHeardSummary(body: string): HeardSummary | undefined {
  const lines = body.split(/\r\n|\r|\n/).map((line) => /^([A-Za-z-]+)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line.trim()))
  const valuesOf = (name: string) => lines.flatMap((line) => (line?.[1]?.toLowerCase() === name ? [line[2] ?? ''] : []))
  const voice = valuesOf('voice-message').at(-1)
  const account = userOf(valuesOf('message-account')[0])
  if (voice !== undefined) {
    const counts = readCounts(voice)
    return counts && { counts, account }
  }
  return valuesOf('messages-waiting')[0]?.toLowerCase() === 'no' ? { counts: 'nothing new', account } : undefined
}

function readCounts(text: string): SummaryCounts | undefined {
  const match = /^(\d{1,10})\s*\/\s*(\d{1,10})(?:\s*\(\s*(\d{1,10})\s*\/\s*(\d{1,10})\s*\))?$/.exec(text)
  if (!match) return undefined
  const [unread = 0, old = 0, urgentNew = 0, urgentOld = 0] = match.slice(1).map((part) => Number(part ?? 0))
  if (unread > MAX_HEARD_COUNT || old > MAX_HEARD_COUNT) return undefined
  // Some count urgent ones apart (sip.md 1.1): more of them than there are messages are all of them.
  return { new: unread, old, urgentNew: Math.min(urgentNew, unread), urgentOld: Math.min(urgentOld, old) }
}

function userOf(account: string | undefined): string | undefined {
  const bare = account?.replace(/^<|>$/g, '')
  return bare === undefined ? undefined : (parseUri(bare)?.user ?? /^[A-Za-z0-9._+*-]+(?=@|$)/.exec(bare)?.[0])
}
