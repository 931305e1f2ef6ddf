import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { EVENTS } from '../events/index.js'
import { buildAsyncApi } from './asyncapi.js'
import { eventTable } from './event-table.js'

type Example = { headers: Record<string, unknown>; payload: Record<string, unknown> }
type Message = { headers: object; payload: object; examples: Example[]; 'x-required-acl'?: string }
type Document = {
  asyncapi: string
  channels: Record<string, { messages: Record<string, { $ref: string }> }>
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

describe('the table of docs/events.md', () => {
  it('has a row per event, with routing key and ACL', () => {
    const rows = eventTable().split('\n').slice(2)
    expect(rows).toHaveLength(EVENTS.length)
    for (const [index, { name, kind, routingKey, acl }] of EVENTS.entries())
      expect(rows[index]).toContain(`| \`${name}\` | ${kind} | \`${routingKey}\` | \`${acl}\` |`)
  })
})
