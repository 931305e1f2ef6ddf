import { type FieldProblem, InvalidInputError } from '@lamplighter/domain'
import type { Static, TObject, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/** Where a value comes from: a query is all text, a body is JSON with few liberties (rest.md 1.6). */
export type InputSource = 'query' | 'body'
/** What happens to names the schema does not know. */
export type UnknownNames = 'ignore' | 'refuse'

type SchemaFacts = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, TSchema>>
  /** A boolean that takes the words of a query in a body too. */
  readonly 'x-lax'?: boolean
}
type CheckError = {
  readonly keyword: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

const TRUE_WORDS = new Set(['1', 't', 'T', 'true', 'True', 'TRUE', 'on', 'On', 'ON', 'y', 'Y', 'yes', 'Yes', 'YES'])
const FALSE_WORDS = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF', 'n', 'N', 'no', 'No', 'NO'])
const INTEGER = /^ *[+-]?\d{1,15} *$/

/** Checks an input against a schema and returns only what the schema names. */
export type InputCheck<Schema extends TSchema> = (input: Readonly<Record<string, unknown>>) => Static<Schema>

/**
 * Makes the check of one route's body or query, compiled once.
 *
 * @returns a function that throws InvalidInputError with every bad field
 */
export function createInputCheck<Schema extends TObject>(
  schema: Schema,
  source: InputSource,
  unknown: UnknownNames,
): InputCheck<Schema> {
  const validator = Compile(schema)
  const names = Object.keys(schema.properties)
  return (input) => {
    const value: Record<string, unknown> = {}
    for (const name of names) {
      if (Object.hasOwn(input, name)) value[name] = coerce(schema.properties[name], input[name], source)
    }
    const problems: Record<string, FieldProblem[]> = {}
    if (unknown === 'refuse') {
      for (const name of Object.keys(input)) {
        if (!names.includes(name)) problems[name] = [{ constraintId: 'unknown', message: 'unknown field' }]
      }
    }
    for (const [name, given] of Object.entries(value)) {
      if (holdsUnstorableText(given)) problems[name] = [{ constraintId: 'regex', message: 'does not match' }]
    }
    if (!validator.Check(value)) collect(problems, schema, value, validator.Errors(value))
    if (Object.keys(problems).length > 0) throw new InvalidInputError(problems)
    return value as Static<Schema>
  }
}

/** Half of a surrogate pair, or NUL: PostgreSQL keeps neither, in no text and no JSON (rest.md F-47). */
const UNSTORABLE = /\0|\p{Surrogate}/u

/** Not recursive: a body may be nested deeper than calls can be. */
function holdsUnstorableText(value: unknown): boolean {
  const left = [value]
  while (left.length > 0) {
    const one = left.pop()
    if (typeof one === 'string' && UNSTORABLE.test(one)) return true
    if (typeof one === 'object' && one !== null) for (const [key, inner] of Object.entries(one)) left.push(key, inner)
  }
  return false
}

function coerce(schema: TSchema | undefined, value: unknown, source: InputSource): unknown {
  const first = source === 'query' && Array.isArray(value) ? value[0] : value
  const facts = (schema ?? {}) as SchemaFacts
  if (facts.properties && isPlainObject(first)) return coerceInner(facts.properties, first, source)
  const type = scalarType(schema)
  if (type === 'boolean' && (source === 'query' || facts['x-lax'])) return toBoolean(first)
  return type === 'integer' && typeof first === 'string' && INTEGER.test(first) ? Number(first) : first
}

function coerceInner(
  properties: Readonly<Record<string, TSchema>>,
  value: Readonly<Record<string, unknown>>,
  source: InputSource,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      Object.hasOwn(properties, name) ? coerce(properties[name], inner, source) : inner,
    ]),
  )
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toBoolean(value: unknown): unknown {
  const word = typeof value === 'number' ? String(value) : value
  if (TRUE_WORDS.has(word as string)) return true
  return FALSE_WORDS.has(word as string) ? false : value
}

function scalarType(schema: TSchema | undefined): string | undefined {
  const { type } = (schema ?? {}) as SchemaFacts
  return typeof type === 'object' ? type.find((one) => one !== 'null') : type
}

/** One problem per field is enough; one deep inside a field says where. */
function collect(
  problems: Record<string, FieldProblem[]>,
  schema: TObject,
  value: Readonly<Record<string, unknown>>,
  errors: readonly CheckError[],
): void {
  for (const error of errors) {
    for (const [field, ...inner] of pathsOf(error)) {
      if (field === undefined) continue
      const facts = schema.properties[field] as SchemaFacts | undefined
      const problem = toProblem(error, facts, valueAt(value, [field, ...inner]))
      const message = [...inner, problem.message].join(': ')
      problems[field] ??= [inner.length === 0 ? problem : { ...problem, message }]
    }
  }
}

/** What an error is about, as keys from the outside in: each missing property, or the one value. */
function pathsOf({ keyword, instancePath, params }: CheckError): string[][] {
  const path = instancePath.split('/').slice(1)
  if (keyword !== 'required') return [path]
  const { requiredProperties = [] } = params as { requiredProperties?: string[] }
  return requiredProperties.map((name) => [...path, name])
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
}

function toProblem(
  { keyword, params, message }: CheckError,
  schema: SchemaFacts | undefined,
  value: unknown,
): FieldProblem {
  const facts = params as { limit?: number; pattern?: string; allowedValues?: unknown[] }
  if (keyword === 'required') return { constraintId: 'required', message: 'is required' }
  if (value === null) return { constraintId: 'not_null', message: 'must not be null' }
  switch (keyword) {
    case 'minimum':
      return { constraintId: 'range', constraint: { min: facts.limit }, message }
    case 'maximum':
      return { constraintId: 'range', constraint: { max: facts.limit }, message }
    case 'minLength':
    case 'minItems':
      return { constraintId: 'length', constraint: { min: facts.limit }, message }
    case 'maxLength':
    case 'maxItems':
      return { constraintId: 'length', constraint: { max: facts.limit }, message }
    case 'pattern':
    case 'format':
      return { constraintId: 'regex', message: 'does not match' }
    case 'enum':
    case 'const':
      return { constraintId: 'enum', constraint: { choices: facts.allowedValues ?? schema?.enum }, message }
    default:
      return { constraintId: 'type', message }
  }
}
