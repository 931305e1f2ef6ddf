import { InvalidInputError } from '@lamplighter/domain'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { createInputCheck } from './input-check.js'

const schema = Type.Object({
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
  on: Type.Optional(Type.Boolean()),
  word: Type.Optional(Type.Enum(['a', 'b'])),
  name: Type.Optional(
    Type.Unsafe<string | null>({ ...Type.String({ maxLength: 3, pattern: '^[a-z]*$' }), type: ['string', 'null'] }),
  ),
})

function problems(input: Record<string, unknown>, source: 'query' | 'body', unknown: 'ignore' | 'refuse' = 'refuse') {
  try {
    return createInputCheck(schema, source, unknown)(input)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    return Object.fromEntries(Object.entries(error.fields).map(([field, [first]]) => [field, first?.constraintId]))
  }
}

describe('an input', () => {
  it.each(['1', ' 1 ', '+1'])('of a query is an integer when it reads %j', (count) => {
    expect(problems({ count }, 'query')).toEqual({ count: 1 })
  })

  it.each(['1', 't', 'True', 'TRUE', 'on', 'y', 'Yes'])('of a query is true when it reads %j', (on) => {
    expect(problems({ on }, 'query')).toEqual({ on: true })
  })

  it('of a query counts once, the first time', () => {
    expect(problems({ count: ['2', '3'] }, 'query')).toEqual({ count: 2 })
  })

  it.each([
    [{ count: 0 }, { count: 'range' }],
    [{ count: 10 }, { count: 'range' }],
    [{ count: 1.5 }, { count: 'type' }],
    [{ count: '1_0' }, { count: 'type' }],
    [{ count: true }, { count: 'type' }],
    [{ count: null }, { count: 'not_null' }],
    [{ on: 'true' }, { on: 'type' }],
    [{ on: 1 }, { on: 'type' }],
    [{ word: 'c' }, { word: 'enum' }],
    [{ name: 'toolong' }, { name: 'length' }],
    [{ name: 'A' }, { name: 'regex' }],
    [{ other: 1, __proto__: undefined }, { other: 'unknown' }],
    [
      { count: 0, word: 'c' },
      { count: 'range', word: 'enum' },
    ],
  ])('of a body is refused field by field: %j', (input, expected) => {
    expect(problems(input, 'body')).toEqual(expected)
  })

  it('of a body is refused also where it is nested deeper than calls can be', () => {
    const name: unknown = JSON.parse(`${'['.repeat(300_000)}${']'.repeat(300_000)}`)
    expect(problems({ name }, 'body')).toEqual({ name: 'type' })
  })

  it('names the place of a problem inside a field', () => {
    const nested = Type.Object({
      items: Type.Array(Type.Object({ name: Type.String({ maxLength: 3 }), size: Type.Optional(Type.Integer()) })),
    })
    const check = createInputCheck(nested, 'body', 'ignore')
    const message = (items: unknown) => {
      try {
        return check({ items })
      } catch (error) {
        return (error as InvalidInputError).fields['items']?.[0]?.message
      }
    }
    expect(message([{ name: 'a' }, {}])).toBe('1: name: is required')
    expect(message([{ name: null }])).toBe('0: name: must not be null')
    expect(message(null)).toBe('must not be null')
  })

  it('of a body takes the words of a query where its schema is lax, also deep inside', () => {
    const lax = Type.Boolean({ 'x-lax': true })
    const check = createInputCheck(
      Type.Object({ a: lax, b: Type.Object({ a: lax, n: Type.Integer() }) }),
      'body',
      'ignore',
    )
    expect(check({ a: 'on', b: { a: 0, n: '5' } })).toEqual({ a: true, b: { a: false, n: 5 } })
    expect(() => check({ a: 2, b: { a: 'x', n: 1 } })).toThrow(InvalidInputError)
  })

  it('keeps only what its schema names', () => {
    const hostile = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1, "name": null, "count": "3"}')
    const checked = problems(hostile, 'body', 'ignore')
    expect(checked).toEqual({ name: null, count: 3 })
    expect((checked as { admin?: boolean }).admin).toBeUndefined()
  })
})
