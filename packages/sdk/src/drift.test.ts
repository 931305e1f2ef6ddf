import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Document, writeOperations } from '../generator/operations.js'
import { generatedFiles } from '../generator/outputs.js'
import { typeOf } from '../generator/types.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

describe('what is generated from the route table', () => {
  it.each(Object.entries(generatedFiles()))('is up to date (npm run docs:generate): %s', (file, text) => {
    // Compared as a whole, but a difference of megabytes is no message.
    expect(readFileSync(`${ROOT}${file}`, 'utf8') === text, `run npm run docs:generate for ${file}`).toBe(true)
  })
})

describe('the type of a schema', () => {
  it.each([
    [{ type: 'integer' }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ const: 1 }, '1'],
    [{ type: 'array', items: { type: ['string', 'null'] } }, '(string | null)[]'],
    [
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'boolean' }], items: false as const },
      '[string, boolean]',
    ],
    [{ type: 'object', patternProperties: { '^.*$': { type: 'boolean' } } }, 'Record<string, boolean>'],
    [{ anyOf: [{ type: 'string' }, { type: 'object' }] }, 'string | Record<string, unknown>'],
    [{ type: 'string', format: 'binary' }, 'Uint8Array<ArrayBuffer>'],
    [{}, 'unknown'],
  ])('of %j is %s', (schema, type) => {
    expect(typeOf(schema, 0)).toBe(type)
  })

  it('of an object has a line per property, the optional ones marked', () => {
    const properties = { a: { type: 'string', description: 'one */ two' }, 'b-c': { type: 'integer' } }
    expect(typeOf({ type: 'object', required: ['a'], properties }, 0)).toBe(
      '{\n  /** one * / two */\n  a: string\n  "b-c"?: number\n}',
    )
  })
})

describe('the operations', () => {
  const operation = (operationId: string) => ({
    operationId,
    summary: 'Do',
    'x-acl': null,
    parameters: [],
    responses: { 204: {} },
  })

  it('are the same text whatever the order of the document', () => {
    const one: Document = { paths: { '/a': { get: operation('a') }, '/b': { get: operation('b') } } }
    const other: Document = { paths: { '/b': { get: operation('b') }, '/a': { get: operation('a') } } }
    expect(writeOperations(one)).toBe(writeOperations(other))
  })
})
