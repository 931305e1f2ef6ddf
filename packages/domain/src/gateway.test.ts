import { describe, expect, it } from 'vitest'
import { defaultTemplates, fillTemplate, GATEWAY_METHODS, sampleOf, unknownPlaceholder } from './gateway.js'

const values = { number: '1001', context: 'sales', id: '7', target: '192.0.2.9:5060', service: 'lamps.example:5060' }

describe('a template of a gateway', () => {
  it('is filled with what a mailbox, a target and we are', () => {
    expect(fillTemplate('sip:{number}@{target}', values)).toBe('sip:1001@192.0.2.9:5060')
    expect(fillTemplate('{number}@{context}-{id}', values)).toBe('1001@sales-7')
    expect(fillTemplate('sip:vm@{service}', values)).toBe('sip:vm@lamps.example:5060')
  })

  it('escapes what would end the user part of a URI', () => {
    expect(fillTemplate('sip:{context}@{target}', { ...values, context: 'a@b>;c\r\n' })).toBe(
      'sip:a%40b%3E%3Bc%0D%0A@192.0.2.9:5060',
    )
  })

  it.each([
    ['sip:{number}@{target}', undefined],
    ['{number}@{context}', undefined],
    ['sip:{phone}@{target}', '{phone}'],
    ['sip:{}@{target}', '{}'],
    ['sip:{number@x', '{'],
    ['sip:number}@x', '}'],
  ])('%s: what is wrong is %s', (template, wrong) => {
    expect(unknownPlaceholder(template)).toBe(wrong)
  })

  it('has a default for every profile and method', () => {
    for (const profile of ['exchange', 'asterisk', 'generic'] as const) {
      for (const method of GATEWAY_METHODS[profile]) {
        for (const template of Object.values(defaultTemplates(profile, method))) {
          expect(unknownPlaceholder(template)).toBeUndefined()
          expect(sampleOf(template)).not.toMatch(/[{}]/)
        }
      }
    }
  })
})
