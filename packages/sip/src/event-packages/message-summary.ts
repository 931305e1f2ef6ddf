/** Name of the event package (RFC 3842 3.1). */
export const MESSAGE_SUMMARY = 'message-summary'
/** Type of its bodies. */
export const MESSAGE_SUMMARY_TYPE = 'application/simple-message-summary'

/** The counts of one message class; the urgent ones are subsets. */
export type SummaryCounts = {
  readonly new: number
  readonly old: number
  readonly urgentNew: number
  readonly urgentOld: number
}

/** A body as a receiver understood it. */
export type ReceivedSummary = {
  readonly waiting: boolean
  readonly account: string | undefined
  /** Undefined when the body says only that something waits. */
  readonly counts: SummaryCounts | undefined
}

const MAX_COUNT = 4_294_967_295

/**
 * The body of RFC 3842, in the one form every peer accepted (sip.md 1.1): counts always, urgent ones always, each line
 * ended, nothing after the last.
 *
 * @param account what a phone dials from its envelope key; left out when not given
 * @param urgentPart whether the urgent counts are written at all: some phones stumble over them
 */
export function formatMessageSummary(counts: SummaryCounts, account?: string, urgentPart = true): string {
  const { new: unread, old, urgentNew, urgentOld } = counts
  const [n, o, un, uo] = [unread, old, urgentNew, urgentOld].map((count) => Math.min(count, MAX_COUNT))
  const accountLine = account === undefined ? [] : ['Message-Account: ', account, '\r\n']
  const urgent = urgentPart ? [' (', un, '/', uo, ')'] : []
  const waiting = ['Messages-Waiting: ', unread > 0 ? 'yes' : 'no', '\r\n']
  // Joined and not concatenated: V8 would keep the pieces, and a subscription keeps its body for as long as it lasts.
  return [...waiting, ...accountLine, 'Voice-Message: ', n, '/', o, ...urgent, '\r\n'].join('')
}

/** Reads a body as liberally as other people write it: any case, any line end, missing parts. */
export function readMessageSummary(body: string): ReceivedSummary | undefined {
  const lines = body.split(/\r?\n/)
  const value = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(name))
      ?.slice(name.length)
      .trim()
  const waiting = /^:?\s*(yes|no)\b/i.exec(value('messages-waiting') ?? '')?.[1]?.toLowerCase()
  if (waiting === undefined) return undefined
  const voice = /^:\s*(\d+)\s*\/\s*(\d+)(?:\s*\(\s*(\d+)\s*\/\s*(\d+)\s*\))?/.exec(value('voice-message') ?? '')
  const counts = voice && {
    new: Number(voice[1]),
    old: Number(voice[2]),
    urgentNew: Number(voice[3] ?? 0),
    urgentOld: Number(voice[4] ?? 0),
  }
  const account = /^:\s*(\S+)/.exec(value('message-account') ?? '')?.[1]
  return { waiting: waiting === 'yes', account, counts: counts ?? undefined }
}
