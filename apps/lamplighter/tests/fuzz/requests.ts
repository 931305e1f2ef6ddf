import fc from 'fast-check'
import type { DocumentParameter, DocumentSchema, Operation } from './operations.js'

/** Who sends a fuzzed request. */
export type Sender = 'admin' | 'user' | 'nobody' | 'garbage'

/** A request to send: everything about it but the ids of things that exist, which stand as `{{name}}`. */
export type FuzzedRequest = {
  readonly operation: Operation
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly sender: Sender
}

/** Text that has broken other programs. */
const HOSTILE_TEXT = [
  '',
  '\u0000',
  'a\u0000b',
  "' OR 1=1 --",
  '"; DROP TABLE message; --',
  '../../../../etc/passwd',
  '..%2f..%2fx',
  '%00',
  '%',
  '_',
  '\\',
  '{{constructor}}',
  '#{7*7}',
  '<img src=x onerror=alert(1)>',
  '\r\nX-Injected: yes',
  '\u202e\ufeff',
  '\ud800',
  '😀'.repeat(60),
  'A'.repeat(4096),
  '9'.repeat(400),
  'null',
  'NaN',
  '1e308',
  '0x10',
  '__proto__',
]

const HOSTILE_NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.5,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  1e21,
  -1e308,
  Number.MIN_VALUE,
]

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXT),
  fc.constantFrom(...HOSTILE_NUMBERS),
  fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], { a: { b: {} } }, ['x'.repeat(300)]),
  fc.jsonValue({ maxDepth: 2 }),
)

/** A value of the schema, at its limits, or nothing like it. */
function someValue(schema: DocumentSchema, example: unknown): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 6, arbitrary: fitting(schema, example) },
    { weight: 2, arbitrary: boundary(schema) },
    { weight: 2, arbitrary: hostile },
  )
}

function fitting(schema: DocumentSchema, example: unknown): fc.Arbitrary<unknown> {
  if (schema.enum && schema.enum.length > 0) return fc.constantFrom(...schema.enum)
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'integer') {
    const min = schema.minimum ?? 0
    return fc.integer({ min, max: Math.min(schema.maximum ?? 50, min + 500) })
  }
  if (schema.type === 'object' && schema.properties) return objectOf(schema, example)
  return fc.constant(example)
}

function boundary({ type, minimum, maximum, minLength = 0, maxLength = 64 }: DocumentSchema): fc.Arbitrary<unknown> {
  if (type === 'integer' || type === 'number') {
    const [min, max] = [minimum ?? 0, maximum ?? 2 ** 31 - 1]
    return fc.constantFrom(min, max, min - 1, max + 1)
  }
  const length = Math.min(maxLength, 5000)
  return fc.constantFrom('x'.repeat(minLength), 'x'.repeat(length), 'x'.repeat(length + 1), '1'.repeat(length))
}

/** The example with some fields changed, some left out, and now and then one too many. */
function objectOf({ properties = {} }: DocumentSchema, example: unknown): fc.Arbitrary<unknown> {
  const base = (typeof example === 'object' && example !== null ? example : {}) as Record<string, unknown>
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      fc.oneof(
        { weight: 5, arbitrary: fc.constant(base[name]) },
        { weight: 3, arbitrary: someValue(schema, base[name]) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
    ]),
  )
  const extra = fc.oneof(
    { weight: 9, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('raw', 'id', 'tenant_uuid', '__proto__', 'x'), hostile) },
  )
  return fc.tuple(fc.record(fields), extra).map(([known, more]) => ({ ...known, ...more }))
}

/** A path id: mostly one that exists, ours or another tenant's, else something hostile. */
function pathId({ name, example }: DocumentParameter): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(`{{own.${name}}}`) },
    { weight: 2, arbitrary: fc.constant(`{{foreign.${name}}}`) },
    { weight: 1, arbitrary: fc.constant(String(example)) },
    {
      weight: 2,
      arbitrary: fc.oneof(fc.constantFrom(...HOSTILE_TEXT), fc.constantFrom(...HOSTILE_NUMBERS).map(String)),
    },
  )
}

function pathOf(operation: Operation): fc.Arbitrary<string> {
  const ids = operation.parameters.filter((one) => one.in === 'path')
  return fc
    .tuple(...ids.map(pathId))
    .map((values) =>
      ids.reduce((path, { name }, index) => path.replace(`{${name}}`, escaped(values[index] ?? '')), operation.path),
    )
}

/** Places for known ids stay readable; an empty id would be another path. */
function escaped(value: string): string {
  if (value.startsWith('{{own') || value.startsWith('{{foreign')) return value
  // A lone surrogate has no place in a URL.
  return encodeURIComponent(value.replace(/[\ud800-\udfff]/g, '%')) || '%20'
}

function queryOf(operation: Operation): fc.Arbitrary<string> {
  const parameters = operation.parameters.filter((one) => one.in === 'query')
  const pairs = parameters.map(({ name, schema, example }) =>
    fc.option(someValue(schema, example), { nil: undefined, freq: 3 }).map((value) => [name, value] as const),
  )
  return fc.tuple(...pairs).map((values) => {
    const query = new URLSearchParams()
    for (const [name, value] of values) if (value !== undefined) query.append(name, toText(value))
    return query.toString()
  })
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function bodyOf(operation: Operation): fc.Arbitrary<string | undefined> {
  const json = operation.requestBody?.content['application/json']
  if (!json) return fc.constantFrom(undefined, '', '{}')
  const fits = someValue(json.schema ?? {}, json.example).map((value) => JSON.stringify(value))
  const broken = fc.constantFrom('', '{', 'null', '[]', '"x"', '{"a":', '\u0000', '1')
  return fc.oneof({ weight: 9, arbitrary: fits }, { weight: 1, arbitrary: broken })
}

const headers = fc.record(
  {
    'wazo-tenant': fc.constantFrom('', '{{own.tenant_uuid}}', '{{foreign.tenant_uuid}}', 'x', "'"),
    'content-type': fc.constantFrom('application/json', 'text/plain', 'audio/wav', 'multipart/form-data; boundary=x'),
    'idempotency-key': fc.constantFrom('k1', 'k2', '', 'x'.repeat(300), '\u00e9'),
    'if-match': fc.constantFrom('*', '"x"', 'W/"x"', ''),
    'if-none-match': fc.constantFrom('*', '"x"'),
    range: fc.constantFrom('bytes=0-1', 'bytes=9-1', 'bytes=-', 'items=1', 'bytes=99999999-'),
    accept: fc.constantFrom('application/json', 'application/simple-message-summary', 'x'),
    'x-script-name': fc.constantFrom('/api/x', '//evil.example', 'javascript:'),
  },
  { requiredKeys: [] },
)

const sender: fc.Arbitrary<Sender> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('admin' as const) },
  { weight: 3, arbitrary: fc.constant('user' as const) },
  { weight: 1, arbitrary: fc.constantFrom('nobody' as const, 'garbage' as const) },
)

/** Requests to one operation: valid, at the limits, hostile. */
export function requestsTo(operation: Operation): fc.Arbitrary<FuzzedRequest> {
  return fc.record({
    operation: fc.constant(operation),
    path: pathOf(operation),
    query: queryOf(operation),
    headers,
    body: bodyOf(operation),
    sender,
  })
}
