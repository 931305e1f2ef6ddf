import Type from 'typebox'
import { routesOf } from './route.js'

const route = routesOf('auth')

/** A ticket that stands in a gateway URL instead of the token: it opens one socket, once, within half a minute. */
export const createWsTicket = route({
  method: 'POST',
  path: '/ws-ticket',
  acl: 'websocketd',
  summary: 'Get a one-time ticket for the WebSocket gateway',
  success: 200,
  response: Type.Object({
    ticket: Type.String({ description: 'query parameter `ticket` of the gateway; protocol 3' }),
    expires_in: Type.Integer({ description: 'seconds' }),
  }),
})
