import { buildOpenApi } from '@lamplighter/contracts'

/** A JSON schema of the document, as far as the generator looks into it. */
export type DocumentSchema = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly DocumentSchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, DocumentSchema>>
  readonly items?: DocumentSchema
}

/** A parameter of an operation with a value that fits. */
export type DocumentParameter = {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly schema: DocumentSchema
  readonly example?: unknown
}

/** A body by type, with a value that fits. */
type DocumentContent = { readonly schema?: DocumentSchema; readonly example?: unknown }

/** An operation of the OpenAPI document. */
export type Operation = {
  readonly path: string
  readonly method: string
  readonly operationId: string
  readonly parameters: readonly DocumentParameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, DocumentContent>> }
  readonly responses: Readonly<Record<string, unknown>>
}

/** The document as clients get it. */
export const DOCUMENT = buildOpenApi() as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'path' | 'method'>>>>>
}

/** Every operation of the document. */
export const OPERATIONS: readonly Operation[] = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
)
