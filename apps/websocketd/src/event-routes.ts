import { type EventPageView, listEvents } from '@lamplighter/contracts'
import { InvalidInputError, LamplighterError } from '@lamplighter/domain'
import { type Answer, type Call, type Implementation, implement } from '@lamplighter/http'
import type { LogState } from '@lamplighter/store'
import { filterOf, oldestOf, reachesBack, visibleTo } from './catch-up.js'
import { type Cursor, formatCursor, parseCursor } from './cursor.js'
import { EventStream } from './event-stream.js'
import type { ResumingContext } from './resuming-session.js'
import { PatternSubscriptions, type Selection } from './subscriptions.js'
import { Viewer } from './viewer.js'

type EventsCall = Call<typeof listEvents>

const DEFAULT_LIMIT = 100
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Nothing comes on this connection afterwards, and a server that stops must not wait for it.
  connection: 'close',
  // A proxy that gathers answers would hold events back.
  'x-accel-buffering': 'no',
}

/** The event log over plain HTTP: pages, and server-sent events for who asks for them. */
export function eventRoutes(context: ResumingContext): Implementation[] {
  return [
    implement(listEvents, async (call) => {
      const { after, limit = DEFAULT_LIMIT, name } = call.query()
      const viewer = viewerOf(call)
      const selection = selectionOf(name, context)
      const wantsStream = (call.request.headers.accept ?? '').includes('text/event-stream')
      if (wantsStream) return streamAnswer(call, context, viewer, selection, after)
      return { body: await readPage(context, { viewer, selection }, readCursor('after', after), limit) }
    }),
  ]
}

/** In the tenant that was asked for, as everywhere in the API; the master's own look at everything is its own tenant's. */
function viewerOf(call: EventsCall): Viewer {
  const { principal, tenantId } = call.caller
  return new Viewer(principal, tenantId)
}

function selectionOf(text: string | undefined, { settings }: ResumingContext): Selection {
  const selection = new PatternSubscriptions(settings.subscriptions)
  for (const name of (text ?? '*').split(',')) {
    if (selection.add(name.trim()) !== 'added') throw InvalidInputError.of('name', 'event', `no event fits ${name}`)
  }
  return selection
}

function readCursor(field: string, text: string | undefined): Cursor | undefined {
  if (text === undefined || text === '') return undefined
  const cursor = parseCursor(text)
  if (!cursor) throw InvalidInputError.of(field, 'cursor', 'is no cursor of ours')
  return cursor
}

function streamAnswer(
  call: EventsCall,
  context: ResumingContext,
  viewer: Viewer,
  selection: Selection,
  after: string | undefined,
): Answer {
  if (context.members.countOf(viewer.principal.userId) >= context.settings.socketsPerUser) {
    throw new LamplighterError('too-many-requests', 'the user has too many sockets and streams', { limit: 'sockets' })
  }
  // Who comes back says where it was; the query is where it began.
  const last = call.request.headers['last-event-id']
  const cursor = readCursor('Last-Event-ID', typeof last === 'string' ? last : undefined) ?? readCursor('after', after)
  const { socket } = call.request
  const stream = new EventStream(viewer, selection, context, () => socket.destroy())
  stream.begin(cursor)
  return { headers: STREAM_HEADERS, stream }
}

/** Three statements whatever the page: where the log stands, its rows, and whether they are all still. */
async function readPage(
  { history }: ResumingContext,
  reader: { viewer: Viewer; selection: Selection },
  after: Cursor | undefined,
  limit: number,
): Promise<EventPageView> {
  const { tenantId } = filterOf(reader)
  const state = await history.state(tenantId)
  const { epoch, oldest, head } = state
  const from = after ?? { epoch, number: Math.max(0, oldest - 1) }
  if (!reachesBack(state, from)) throw gone(state)
  const rows = await history.page(filterOf(reader), { after: from.number, upTo: head }, limit)
  // The retention may have taken some of them in between. Whoever has no cursor misses nothing by that.
  const now = after && (await history.state(tenantId))
  if (now && !reachesBack(now, from)) throw gone(now)
  const more = rows.length === limit
  return {
    items: visibleTo(reader, rows, epoch).map((event) => ({
      cursor: event.cursorText ?? '',
      event_id: event.eventId ?? '',
      event: JSON.parse(event.body.toString()) as unknown,
    })),
    cursor: formatCursor(epoch, more ? (rows.at(-1)?.cursor ?? head) : head),
    more,
  }
}

function gone(state: LogState): LamplighterError {
  return new LamplighterError('events-gone', 'the log does not reach back to the cursor', { oldest: oldestOf(state) })
}
