import { braces, type Field, type Schema, typeOf } from './types.js'

type Parameter = { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }
type Content = Readonly<Record<string, { readonly schema: Schema }>>
type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly 'x-acl': string | null
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
/** The part of an OpenAPI document that a client is made of. */
export type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }

const HEAD = `/**
 * Every operation: what it takes and what it answers. Made by \`npm run docs:generate\` from the OpenAPI document; do not
 * edit.
 */
`

/** The TypeScript source that makes the client typed. The same document always gives the same text. */
export function writeOperations({ paths }: Document): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  operations.sort((one, other) => (one.operation.operationId < other.operation.operationId ? -1 : 1))
  const types = operations.map(({ operation }) => ({
    name: operation.operationId,
    type: braces(fieldsOf(operation), 1),
    required: true,
    doc: `${operation.summary}. Access: ${operation['x-acl'] ?? 'none'}`,
  }))
  const routes = operations.map(({ path, method, operation }) => {
    const facts = `method: '${method.toUpperCase()}', path: '${path}', answer: '${answerKind(operation)}'`
    return `  ${operation.operationId}: { ${facts} },\n`
  })
  return `${HEAD}export type Operations = ${braces(types, 0)}

/** Where each operation is and how its answer is to be read. */
export const OPERATIONS = {
${routes.join('')}} as const
`
}

function fieldsOf(operation: Operation): Field[] {
  const { requestBody, parameters } = operation
  const answer = successOf(operation)
  return [
    ...parameterField('params', parameters, 'path'),
    ...parameterField('query', parameters, 'query'),
    ...(requestBody ? [{ name: 'body', type: typeOf(schemaOf(requestBody.content), 2), required: true }] : []),
    { name: 'answer', type: answer ? typeOf(schemaOf(answer), 2) : 'undefined', required: true },
  ]
}

/** Ids of paths may be given as numbers or as text, whatever they are. */
function parameterField(name: string, parameters: readonly Parameter[], place: 'path' | 'query'): Field[] {
  const fields = parameters
    .filter((parameter) => parameter.in === place)
    .map((parameter) => ({
      name: parameter.name,
      type: place === 'path' ? 'string | number' : typeOf(parameter.schema, 3),
      required: parameter.required,
    }))
  return fields.length > 0 ? [{ name, type: braces(fields, 2), required: place === 'path' }] : []
}

function successOf({ responses }: Operation): Content | undefined {
  const status = Object.keys(responses).find((one) => one.startsWith('2'))
  return status === undefined ? undefined : responses[status]?.content
}

function schemaOf(content: Content): Schema {
  return Object.values(content)[0]?.schema ?? {}
}

function answerKind(operation: Operation): 'json' | 'bytes' | 'none' {
  const content = successOf(operation)
  if (!content) return 'none'
  return 'application/json' in content ? 'json' : 'bytes'
}
