import { type EventPageView, listEvents } from '@lamplighter/contracts'
import { InvalidInputError, LamplighterError } from '@lamplighter/domain'
import { type Answer, type Call, type Implementation, implement } from '@lamplighter/http'
import { filterOf, visibleTo } from './catch-up.js'
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

/** Two statements whatever the page: where the log stands, and its rows. */
async function readPage(
  { history }: ResumingContext,
  reader: { viewer: Viewer; selection: Selection },
  after: Cursor | undefined,
  limit: number,
): Promise<EventPageView> {
  const { epoch, oldest, head } = await history.state(filterOf(reader).tenantId)
  const from = after ?? { epoch, number: Math.max(0, oldest - 1) }
  if (from.epoch !== epoch || from.number > head || from.number < oldest - 1) {
    const details = { oldest: formatCursor(epoch, Math.max(0, oldest - 1)) }
    throw new LamplighterError('events-gone', 'the log does not reach back to the cursor', details)
  }
  const rows = await history.page(filterOf(reader), { after: from.number, upTo: head }, limit)
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
