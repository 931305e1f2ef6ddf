import type { TObject } from 'typebox'
import { EVENTS, voicemailCreated } from '../events/index.js'
import { TRANSCRIPTION_COMPLETED, transcriptionCompletedSchema } from '../events/transcriptions.js'
import { exampleOf } from '../openapi/example.js'
import type { JsonObject } from '../openapi/json.js'
import { toOpenApiSchema } from '../openapi/schema.js'
import { exampleBody, toMessage } from './event-message.js'
import { eventSchema, gatewayChannels, gatewayOperations } from './gateway-channels.js'

const CHANNEL = 'wazo-headers'

/**
 * The AsyncAPI 3 document of everything said on the bus, of what is listened to, and of the protocols of the WebSocket
 * gateway: the definitions of events, commands, frames and close codes in another form.
 */
export function buildAsyncApi(): JsonObject {
  const said = EVENTS.map(({ name }) => name)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Lamplighter',
      version: '1',
      description:
        'Events of a multi-tenant voicemail platform, on the bus and by WebSocket. Which user gets what is told in docs/events.md.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: { host: 'localhost:5672', protocol: 'amqp', protocolVersion: '0.9.1' },
      gateway: { host: 'localhost:8080', protocol: 'ws' },
    },
    channels: {
      [CHANNEL]: channel([...said, TRANSCRIPTION_COMPLETED]),
      ...gatewayChannels('gateway', exampleBody(voicemailCreated)),
    },
    operations: {
      say: { action: 'send', summary: 'What the platform says.', ...inChannel(said) },
      listen: { action: 'receive', summary: 'What others tell the platform.', ...inChannel([TRANSCRIPTION_COMPLETED]) },
      ...gatewayOperations(),
    },
    components: {
      messages: {
        ...Object.fromEntries(EVENTS.map((definition) => [definition.name, toMessage(definition)])),
        [TRANSCRIPTION_COMPLETED]: transcriptionCompleted(),
      },
      schemas: { event: eventSchema() },
    },
  }
}

function channel(names: readonly string[]): JsonObject {
  const exchange = { name: CHANNEL, type: 'headers', durable: true, autoDelete: false, vhost: '/' }
  return {
    address: CHANNEL,
    servers: [{ $ref: '#/servers/broker' }],
    description:
      'The headers exchange of all events. Bind with the header `name` and, for one user, `user_uuid:<uuid>`.',
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { amqp: { is: 'routingKey', exchange, bindingVersion: '0.3.0' } },
  }
}

function inChannel(names: readonly string[]): JsonObject {
  const messages = names.map((name) => ({ $ref: `#/channels/${CHANNEL}/messages/${name}` }))
  return { channel: { $ref: `#/channels/${CHANNEL}` }, messages }
}

/** Only its data is looked at: whoever says it brings the rest of the envelope or leaves it out. */
function transcriptionCompleted(): JsonObject {
  const name = TRANSCRIPTION_COMPLETED
  const headers = { type: 'object', required: ['name'], properties: { name: { type: 'string', const: name } } }
  const schema: TObject = transcriptionCompletedSchema
  return {
    name,
    title: name,
    summary: 'A message was transcribed by somebody else.',
    contentType: 'application/json',
    headers,
    payload: { type: 'object', required: ['data'], properties: { data: toOpenApiSchema(schema) } },
    examples: [{ name, headers: { name }, payload: { data: exampleOf(schema) } }],
  }
}
