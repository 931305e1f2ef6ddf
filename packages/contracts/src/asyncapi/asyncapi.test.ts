import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { EVENTS } from '../events/index.js'
import { buildAsyncApi } from './asyncapi.js'
import { eventTable } from './event-table.js'

type Example = { headers: Record<string, unknown>; payload: Record<string, unknown> }
type Message = { headers: object; payload: object; examples: Example[]; 'x-required-acl'?: string }
type Close = { code: number; reason: string; description: string }
type Channel = {
  messages: Record<string, object>
  bindings: { ws?: { query: { properties: object } } }
  'x-close-codes'?: Close[]
}
type Document = {
  asyncapi: string
  channels: Record<string, Channel>
  operations: Record<string, { channel: { $ref: string }; messages: { $ref: string }[] }>
  components: { messages: Record<string, Message> }
}

const document = buildAsyncApi() as Document
const { messages } = document.components
const at = (reference: string) =>
  reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document)

describe('the AsyncAPI document', () => {
  it('is of version 3 and has every event of the catalogue, and what we listen to', () => {
    expect(document.asyncapi).toBe('3.0.0')
    expect(Object.keys(messages).sort()).toEqual(
      [...EVENTS.map(({ name }) => name), 'voicemail_transcription_completed'].sort(),
    )
    expect(document.operations['say']?.messages).toHaveLength(EVENTS.length)
  })

  it('resolves every reference', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference = '']) => reference,
    )
    expect(references.length).toBeGreaterThan(EVENTS.length)
    for (const reference of references) expect(at(reference), reference).toBeDefined()
  })

  it.each(Object.entries(messages))('has an example that its own schemas take: %s', (_name, message) => {
    for (const { headers, payload } of message.examples) {
      expect([headers, Check(message.headers, headers)]).toEqual([headers, true])
      expect([payload, Check(message.payload, payload)]).toEqual([payload, true])
    }
    expect(message.examples).toHaveLength(1)
  })

  it.each(EVENTS.map((definition) => [definition.name, definition] as const))(
    'says in the example the same in headers and body, with data the definition takes: %s',
    (name, { data: schema }) => {
      const { headers = {}, payload: { data, ...rest } = {} } = messages[name]?.examples[0] ?? {}
      expect(rest).toEqual(headers)
      expect(Check(schema, data)).toBe(true)
    },
  )

  it('has no example that lacks what its schema asks for', () => {
    const { headers = {}, payload = {} } = messages['voicemail_created'] ?? {}
    expect(Check(headers, { name: 'voicemail_created' })).toBe(false)
    expect(Check(payload, messages['voicemail_created']?.examples[0]?.headers)).toBe(false)
  })
})

describe('the protocols of the gateway in the document', () => {
  const OLD_COMMANDS = ['subscribe', 'start', 'token', 'ping']
  const OLD_FRAMES = ['init', 'event', 'subscribe', 'start', 'token']
  const CLOSES = [
    [1001, ''],
    [1002, ''],
    [1007, ''],
    [1009, ''],
    [1011, ''],
    [1011, 'keepalive ping timeout'],
    [1013, 'try again later'],
    [4001, 'no token'],
    [4002, 'authentication failed'],
    [4003, 'authentication expired'],
    [4004, ''],
    [4008, 'too slow'],
    [4029, 'too many sessions'],
  ] as const
  const MESSAGE_OPS = ['list', 'move', 'delete', 'claim', 'mwi']
  const NEW_COMMANDS = [...OLD_COMMANDS, 'unsubscribe', 'resume', ...MESSAGE_OPS]
  const NEW_FRAMES = [...OLD_FRAMES, 'pong', 'unsubscribe', 'resume', 'resume-refused', ...MESSAGE_OPS, 'error']

  it.each([
    [1, OLD_COMMANDS, OLD_FRAMES],
    [2, OLD_COMMANDS, [...OLD_FRAMES, 'pong']],
    [3, NEW_COMMANDS, NEW_FRAMES],
  ])('has every command and every frame of protocol %i, and who says it', (version, commands, frames) => {
    const name = `gateway-${version}`
    const keys = [...commands.map((op) => `command.${op}`), ...frames.map((frame) => `frame.${frame}`)]
    expect(Object.keys(document.channels[name]?.messages ?? {}).sort()).toEqual(keys.sort())
    const said = (what: string) => document.operations[`${name}-${what}`]?.messages.map(({ $ref }) => $ref).sort()
    const references = (prefix: string) =>
      keys.filter((key) => key.startsWith(prefix)).map((key) => `#/channels/${name}/messages/${key}`)
    expect(said('obey')).toEqual(references('command.'))
    expect(said('say')).toEqual(references('frame.'))
  })

  it.each([1, 2, 3])('has every close code of protocol %i with its reason and what it means', (version) => {
    const closes = document.channels[`gateway-${version}`]?.['x-close-codes'] ?? []
    const expected = CLOSES.filter(([code]) => version < 3 || code !== 4004)
    expect(closes.map(({ code, reason }) => [code, reason])).toEqual(expected)
    for (const { description } of closes) expect(description).toMatch(/\w.*\.$/)
  })

  it('says how a socket is opened: the version is fixed, and only protocol 3 resumes by its address', () => {
    const namesOf = (version: number) =>
      Object.keys(document.channels[`gateway-${version}`]?.bindings.ws?.query.properties ?? {})
    expect([1, 2, 3].map(namesOf)).toEqual([
      ['version', 'token', 'ticket'],
      ['version', 'token', 'ticket'],
      ['version', 'token', 'ticket', 'resume'],
    ])
  })
})

describe('the table of docs/events.md', () => {
  it('has a row per event, with routing key and ACL', () => {
    const rows = eventTable().split('\n').slice(2)
    expect(rows).toHaveLength(EVENTS.length)
    for (const [index, { name, kind, routingKey, acl }] of EVENTS.entries())
      expect(rows[index]).toContain(`| \`${name}\` | ${kind} | \`${routingKey}\` | \`${acl}\` |`)
  })
})
