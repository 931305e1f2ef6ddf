/** A JSON schema of the OpenAPI document. */
export type Schema = {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema | false
  readonly prefixItems?: readonly Schema[]
  readonly description?: string
}

/** A property of a type that is being written. */
export type Field = { readonly name: string; readonly type: string; readonly required: boolean; readonly doc?: string }

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
}

/** The TypeScript type of a schema, written for the given depth of indentation. */
export function typeOf(schema: Schema, depth: number): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return union(schema.enum.map((one) => JSON.stringify(one)))
  if (schema.anyOf) return union(schema.anyOf.map((one) => typeOf(one, depth)))
  if (schema.type === undefined) return 'unknown'
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type
  return union(types.map((type) => typeOfOne(schema, type, depth)))
}

function typeOfOne(schema: Schema, type: string, depth: number): string {
  if (type === 'array') return arrayType(schema, depth)
  if (type === 'object') return objectType(schema, depth)
  if (schema.format === 'binary') return 'Uint8Array<ArrayBuffer>'
  return SCALARS[type] ?? 'unknown'
}

function arrayType({ items, prefixItems }: Schema, depth: number): string {
  if (prefixItems) return `[${prefixItems.map((item) => typeOf(item, depth)).join(', ')}]`
  const item = items ? typeOf(items, depth) : 'unknown'
  return item.includes(' | ') ? `(${item})[]` : `${item}[]`
}

function objectType({ properties, patternProperties = {}, required = [] }: Schema, depth: number): string {
  if (properties) {
    const fields = Object.entries(properties).map(([name, schema]) => ({
      name,
      type: typeOf(schema, depth + 1),
      required: required.includes(name),
      ...(schema.description === undefined ? {} : { doc: schema.description }),
    }))
    return braces(fields, depth)
  }
  const [values] = Object.values(patternProperties)
  return `Record<string, ${values ? typeOf(values, depth) : 'unknown'}>`
}

/** An object type with a line per field. */
export function braces(fields: readonly Field[], depth: number): string {
  if (fields.length === 0) return 'Record<never, never>'
  const indent = '  '.repeat(depth + 1)
  const lines = fields.map(({ name, type, required, doc }) => {
    const comment = doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '* /')} */\n`
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
    return `${comment}${indent}${key}${required ? '' : '?'}: ${type}\n`
  })
  return `{\n${lines.join('')}${'  '.repeat(depth)}}`
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ')
}
