import { describe, expect, it } from 'vitest'
import { entityTag, preconditionOf, taggedAnswer } from './entity-tag.js'

const state = { id: 1, name: 'one' }
const tag = entityTag(state)

describe('an entity tag', () => {
  it('is strong, and another one for every other state', () => {
    expect(tag).toMatch(/^"[\w-]{27}"$/)
    expect(entityTag({ ...state })).toBe(tag)
    expect(entityTag({ ...state, name: 'two' })).not.toBe(tag)
  })

  it.each([tag, `"x", ${tag}`, `W/${tag}`, '*'])('spares who has it the body: If-None-Match %s', (list) => {
    expect(taggedAnswer({ 'if-none-match': list }, state, 'body')).toEqual({
      status: 304,
      headers: { etag: tag },
    })
  })

  it.each(['"x"', `${tag}x`, ''])('gives who has another one the body: If-None-Match %s', (list) => {
    expect(taggedAnswer({ 'if-none-match': list }, state, 'body')).toEqual({
      headers: { etag: tag },
      body: 'body',
    })
  })

  it.each([tag, `"x",${tag}`, ' * '])('lets a change through: If-Match %s', (list) => {
    expect(() => preconditionOf({ 'if-match': list })(state)).not.toThrow()
  })

  it.each(['"x"', `W/${tag}`, ''])('stops a change: If-Match %s', (list) => {
    expect(() => preconditionOf({ 'if-match': list })(state)).toThrow('changed since it was read')
  })

  it('asks nothing of a change without If-Match', () => {
    expect(() => preconditionOf({})(state)).not.toThrow()
  })
})
