import { describe, expect, it } from 'vitest'
import { traceOf } from './trace.js'

describe('the trace context of a request', () => {
  it('1.2 [C]: is logged when it is well-formed', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    expect(traceOf({ traceparent })).toEqual({ traceparent })
  })

  it.each([
    undefined,
    '',
    'garbage',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
  ])('1.2 [C]: is ignored when it is %j', (traceparent) => {
    expect(traceOf({ ...(traceparent === undefined ? {} : { traceparent }) })).toEqual({})
  })
})
