import { Check } from 'typebox/value'
import { isTuple, type JsonObject, type JsonSchema, mainType } from './json.js'

const UUID = '7f3c1f6e-52a4-4a0b-9d3b-2a3c5b1d9e10'
const TIME = '2026-11-24T09:00:00.000000'

/** What the field's usual values look like, by the name of the property. */
const KNOWN: Readonly<Record<string, unknown>> = {
  id: 42,
  voicemail_id: 42,
  message_id: '01937a5e-7c4b-7000-8000-0000000000aa',
  folder_id: 1,
  user: UUID,
  uuid: UUID,
  token: UUID,
  sip_username: 'acme-anna',
  sip_password: 'correct-horse-battery',
  firstname: 'Anna',
  lastname: 'Lund',
  username: 'anna@acme.example',
  email: 'anna@acme.example',
  name: 'Anna',
  number: '1001',
  context: 'ctx-acme-internal-7f3c1f6e-52a4-4a0b-9d3b-2a3c5b1d9e10',
  password: '471142',
  language: 'en_GB',
  timezone: null,
  pager: null,
  options: [['saycid', 'yes']],
  max_messages: 100,
  enabled: true,
  ask_password: true,
  delete_messages: false,
  attach_audio: null,
  caller_id_name: 'Ada',
  caller_id_num: '+15550100',
  duration: 12,
  timestamp: 1_795_510_800,
  text: 'Please call me back.',
  href: 'https://pbx.example/api/confd/1.1/voicemails/42',
  rel: 'voicemails',
  label: 'Acme',
  total: 1,
  filtered: 1,
  limit: 25,
  offset: 0,
  search: 'anna',
  order: 'name',
  acl: 'confd.voicemails.read',
  scope: 'confd.voicemails.read',
  scopes: ['confd.voicemails.read'],
  expiration: 3600,
  remote_addr: '192.0.2.10',
  user_agent: 'softphone/1.0',
  download: '1',
  message: 'success',
  recurse: false,
  from: '2026-11-01T00:00:00Z',
  until: '2026-12-01T00:00:00Z',
  accesstype: 'personal',
  empty: false,
}

/** Names that end alike mean alike. */
const ENDINGS: readonly (readonly [RegExp, unknown])[] = [
  [/_?uuid$/, UUID],
  [/_at$/, TIME],
  [/_uuids$/, [UUID]],
]

/**
 * An example of a schema: its own first one when it has `examples`, else made from its type and the property's name.
 * A schema with a pattern that no known value fits needs `examples`; a test says which.
 */
export function exampleOf(schema: JsonSchema, name = ''): unknown {
  if (schema.examples && schema.examples.length > 0) return schema.examples[0]
  if (schema.const !== undefined) return schema.const
  const known = knownValues(name).find((value) => Check(schema, value))
  if (known !== undefined) return known
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf?.[0]) return exampleOf(schema.anyOf[0], name)
  return exampleOfType(schema, name)
}

/** An id is a number in one place and text in another. */
function knownValues(name: string): unknown[] {
  const known = name in KNOWN ? KNOWN[name] : ENDINGS.find(([ending]) => ending.test(name))?.[1]
  return typeof known === 'number' ? [known, String(known)] : [known]
}

function exampleOfType(schema: JsonSchema, name: string): unknown {
  switch (mainType(schema)) {
    case 'object':
      return exampleObject(schema)
    case 'array':
      return exampleArray(schema, name)
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1)
    case 'boolean':
      return true
    case 'string':
      return schema.format === 'uuid' ? UUID : 'text'.padEnd(schema.minLength ?? 0, '.')
    default:
      return null
  }
}

function exampleObject({ properties = {}, patternProperties = {} }: JsonSchema): JsonObject {
  const named = Object.entries(properties).map(([key, value]) => [key, exampleOf(value, key)] as const)
  const others = Object.values(patternProperties).map((value) => ['name', exampleOf(value)] as const)
  return Object.fromEntries([...named, ...others])
}

function exampleArray({ items }: JsonSchema, name: string): unknown[] {
  if (!items) return []
  if (isTuple(items)) return items.map((item) => exampleOf(item))
  return [exampleOf(items, name.replace(/s$/, ''))]
}
