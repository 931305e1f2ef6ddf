import type { LogRow } from './event-log.js'
import type { Stay } from './gateway-client.js'

/** What was found by a comparison with the log; everything but repeats must be none. */
export type Finding = { missing: number; foreign: number; outOfOrder: number; repeats: number }

const CHANGES = /_voicemail_message_(created|updated|deleted)$/

/** What the log says was done, by message, in the words of the writers. */
export function changesIn(log: readonly LogRow[]): Map<string, string[]> {
  const changes = new Map<string, string[]>()
  for (const { name, message, folder } of log) {
    const [, what] = CHANGES.exec(name) ?? []
    if (what === undefined || message === null) continue
    const done = changes.get(message) ?? []
    changes.set(message, done)
    done.push(what === 'updated' ? `updated ${folder}` : what)
  }
  return changes
}

/** A consumer of a queue: every event at least once, and by the first time of each in the log's order per mailbox. */
export function judgeConsumer(heard: readonly string[], log: readonly LogRow[]): Finding {
  return judge(heard, log, ({ mailbox }) => String(mailbox))
}

/** A client that resumes: exactly what it may see, in order, and no repeats at all. */
export function judgeResuming(events: readonly string[], visible: readonly LogRow[]): Finding {
  return judge(events, visible, () => '')
}

/**
 * A client that cannot resume: what each of its sockets brought is a piece of what it may see without a hole, that begins
 * no later than with the first event after `start` was answered; the last one reaches to the end. What fell between two
 * sockets is its loss, and may come twice.
 */
export function judgePlain(stays: readonly Stay[], visible: readonly LogRow[]): Finding {
  const places = new Map(visible.map(({ body }, index) => [body, index]))
  const finding = { missing: 0, foreign: 0, outOfOrder: 0, repeats: visible.length - places.size }
  let reached = 0
  for (const { startedAt, bodies } of stays) {
    if (startedAt === undefined || bodies.length === 0) continue
    const found = bodies.map((body) => places.get(body))
    finding.foreign += found.filter((place) => place === undefined).length
    const first = found[0] ?? 0
    const due = visible.findIndex(({ createdAt }) => createdAt > startedAt)
    if (due >= 0) finding.missing += Math.max(0, first - due)
    finding.repeats += Math.max(0, reached - first)
    for (let index = 1; index < found.length; index++) {
      const step = (found[index] ?? 0) - (found[index - 1] ?? 0)
      if (step > 1) finding.missing += step - 1
      if (step < 1) finding.outOfOrder++
    }
    reached = (found.at(-1) ?? 0) + 1
  }
  finding.missing += visible.length - reached
  return finding
}

/** @param line in what order is kept: an event must not come after a later one of the same line */
function judge(ids: readonly string[], log: readonly LogRow[], line: (row: LogRow) => string): Finding {
  const places = new Map(log.map((row, place) => [row.eventId, { place, line: line(row) }]))
  const first = new Set(ids)
  const reached = new Map<string, number>()
  const finding = { missing: 0, foreign: 0, outOfOrder: 0, repeats: ids.length - first.size }
  for (const id of first) {
    const known = places.get(id)
    if (!known) finding.foreign++
    else if (known.place < (reached.get(known.line) ?? 0)) finding.outOfOrder++
    else reached.set(known.line, known.place)
  }
  finding.missing = log.length - (first.size - finding.foreign)
  return finding
}
