import Type, { type TObject, type TProperties, type TSchema } from 'typebox'
import { EVENTS } from '../events/index.js'
import { CLOSE, type CloseContract } from '../gateway/close-codes.js'
import { type CommandContract, GATEWAY_COMMANDS, PROTOCOL_VERSIONS, type ProtocolVersion } from '../gateway/commands.js'
import { EVENT_REFERENCE, type FrameContract, SERVER_FRAMES } from '../gateway/frames.js'
import { MESSAGE_COMMANDS, type MessageCommand } from '../gateway/message-commands.js'
import { openingHeaders, openingQuery } from '../gateway/opening.js'
import { exampleOf } from '../openapi/example.js'
import type { JsonObject, JsonSchema } from '../openapi/json.js'
import { toOpenApiSchema } from '../openapi/schema.js'

const ADDRESS = '/api/websocketd/'
const WS_BINDING_VERSION = '0.1.0'

const DESCRIPTIONS: Readonly<Record<ProtocolVersion, string>> = {
  1: 'Protocol 1, bit for bit Wazo’s: events are bare bodies, and after `start` only `start` is answered.',
  2: 'Protocol 2, bit for bit Wazo’s: every frame has `op`, `code` 0 and `data`.',
  3: 'Protocol 3: cursors, `resume`, patterns, message commands; a mistake is answered and closes nothing. Without a token in the request the first frame must be `token`.',
}

/** A channel per protocol of the WebSocket gateway, each with every command, frame and close code (bus.md 3). */
export function gatewayChannels(server: string, event: JsonObject): JsonObject {
  return Object.fromEntries(PROTOCOL_VERSIONS.map((version) => [nameOf(version), channel(version, server, event)]))
}

/** Per protocol, what clients send and what they are sent. */
export function gatewayOperations(): JsonObject {
  return Object.fromEntries(
    PROTOCOL_VERSIONS.flatMap((version) => {
      const name = nameOf(version)
      const obey = operation('receive', name, Object.keys(commandMessages(version)))
      const answer = operation('send', name, Object.keys(frameMessages(version, {})))
      return [
        [`${name}-obey`, { ...obey, summary: 'What a client may ask for.' }],
        [`${name}-say`, { ...answer, summary: 'What a client is told.' }],
      ]
    }),
  )
}

/** What {@link EVENT_REFERENCE} points at: one of our events, or what somebody else said on the bus. */
export function eventSchema(): JsonObject {
  const ours = EVENTS.map(({ name }) => name)
  const foreign = {
    type: 'object',
    description: 'An event of another service on the bus, as it came; the gateway looks at its headers only.',
    required: ['name'],
    properties: { name: { type: 'string', not: { enum: ours } } },
  }
  return { anyOf: [...ours.map((name) => ({ $ref: `#/components/messages/${name}/payload` })), foreign] }
}

function nameOf(version: ProtocolVersion): string {
  return `gateway-${version}`
}

function channel(version: ProtocolVersion, server: string, event: JsonObject): JsonObject {
  const query = toOpenApiSchema(openingQuery(version))
  const headers = toOpenApiSchema(openingHeaders)
  return {
    address: ADDRESS,
    description: `${DESCRIPTIONS[version]} Told in docs/gateway.md.`,
    servers: [{ $ref: `#/servers/${server}` }],
    messages: { ...commandMessages(version), ...frameMessages(version, event) },
    bindings: { ws: { method: 'GET', query, headers, bindingVersion: WS_BINDING_VERSION } },
    'x-close-codes': closeCodes(version),
  }
}

function closeCodes(version: ProtocolVersion): JsonObject[] {
  return ofVersion<CloseContract>(Object.values(CLOSE), version).map(({ code, reason, description }) => ({
    code,
    reason,
    description,
  }))
}

function operation(action: 'send' | 'receive', name: string, messages: readonly string[]): JsonObject {
  const $ref = `#/channels/${name}`
  return { action, channel: { $ref }, messages: messages.map((key) => ({ $ref: `${$ref}/messages/${key}` })) }
}

function ofVersion<Contract extends { readonly versions: readonly ProtocolVersion[] }>(
  contracts: readonly Contract[],
  version: ProtocolVersion,
): Contract[] {
  return contracts.filter(({ versions }) => versions.includes(version))
}

function commandMessages(version: ProtocolVersion): JsonObject {
  const commands = [...GATEWAY_COMMANDS, ...MESSAGE_COMMANDS.map(withFieldsOfRoute)]
  return Object.fromEntries(
    ofVersion<CommandContract>(commands, version).map((command) => {
      const schema = commandSchema(command, version)
      return [`command.${command.op}`, message(command.op, command.description, schema, exampleOf(schema))]
    }),
  )
}

/** The gateway leaves it to the route what its fields must be; the document says it at once. */
function withFieldsOfRoute({ data, own, ...command }: MessageCommand): CommandContract {
  const fields: TProperties = { ...own.query?.properties, ...(own.body as TObject | undefined)?.properties }
  const properties = Object.entries(data.properties).map(([name, schema]) => [name, fields[name] ?? schema] as const)
  return { ...command, data: { ...data, properties: Object.fromEntries(properties) } as TObject }
}

/** Beside `op` and `data` everything is ignored; within `data` too, but protocol 3 refuses what it does not know. */
function commandSchema({ op, data }: CommandContract, version: ProtocolVersion): TSchema {
  if (!data) return Type.Object({ op: Type.Literal(op) })
  const fields = version === 3 ? { ...data, additionalProperties: false } : data
  const isNeeded = ((data as JsonSchema).required ?? []).length > 0
  return Type.Object({ op: Type.Literal(op), data: isNeeded ? fields : Type.Optional(fields) })
}

function frameMessages(version: ProtocolVersion, event: JsonObject): JsonObject {
  return Object.fromEntries(
    ofVersion<FrameContract>(SERVER_FRAMES, version).map(({ name, frame, description }) => [
      `frame.${name}`,
      message(name, description, frame, exampleFrame(frame, event)),
    ]),
  )
}

function exampleFrame(frame: TSchema, event: JsonObject): unknown {
  if (isEvent(frame)) return event
  const { data } = (frame as TObject).properties
  const example = exampleOf(frame)
  return isEvent(data) ? { ...(example as JsonObject), data: event } : example
}

function isEvent(schema: TSchema | undefined): boolean {
  return (schema as { $ref?: string } | undefined)?.$ref === EVENT_REFERENCE
}

function message(name: string, summary: string, payload: TSchema, example: unknown): JsonObject {
  return {
    name,
    title: name,
    summary,
    contentType: 'application/json',
    payload: toOpenApiSchema(payload),
    examples: [{ name, payload: example }],
  }
}
