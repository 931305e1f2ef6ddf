import Type, { type Static } from 'typebox'
import { type RouteContract, routesOf } from './route.js'
import { text } from './schemas.js'

const route = routesOf('events')

/** An event of the log. */
const loggedEventSchema = Type.Object({
  cursor: Type.String({ description: 'its place in the log, opaque' }),
  event_id: Type.String({ description: 'unique for ever; repeats have the same' }),
  event: Type.Unknown({ description: 'the whole body, as it was on the bus' }),
})

const eventPageSchema = Type.Object({
  items: Type.Array(loggedEventSchema),
  cursor: Type.String({ description: 'what to ask after next; beyond the last item when others were left out' }),
  more: Type.Boolean({ description: 'whether to ask again at once' }),
})
/** Wire form of {@link eventPageSchema}. */
export type EventPageView = Static<typeof eventPageSchema>

/**
 * What happened, for clients without WebSocket: a page of the log, or with `Accept: text/event-stream` a stream of
 * server-sent events whose ids are cursors. The same events as over the socket, under the same rules.
 */
export const listEvents = route({
  method: 'GET',
  path: '/events',
  acl: 'websocketd',
  summary: 'Read events after a cursor, or follow them',
  query: Type.Object({
    after: Type.Optional(
      Type.String({
        ...text(128),
        description: 'a cursor; absent: the oldest event kept',
        examples: ['MDAwMDAwMDAuMQ'],
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'events to look at; default 100' })),
    name: Type.Optional(
      Type.String({
        ...text(1024),
        description: 'names and patterns of events, with commas between',
        examples: ['user_voicemail_*,global_voicemail_message_created'],
      }),
    ),
  }),
  success: 200,
  response: eventPageSchema,
})

/** Every operation of the event log. */
export const EVENT_ROUTES: readonly RouteContract[] = [listEvents]
