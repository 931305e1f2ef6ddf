import { describe, expect, it } from 'vitest'
import { formatMessageSummary, readMessageSummary } from './message-summary.js'

describe('the message-summary body (RFC 3842)', () => {
  it('has exactly these bytes', () => {
    expect(formatMessageSummary({ new: 2, old: 1, urgentNew: 0, urgentOld: 0 }, 'sip:1001@tenant.example')).toBe(
      'Messages-Waiting: yes\r\nMessage-Account: sip:1001@tenant.example\r\nVoice-Message: 2/1 (0/0)\r\n',
    )
    expect(formatMessageSummary({ new: 0, old: 5_000_000_000, urgentNew: 0, urgentOld: 3 })).toBe(
      'Messages-Waiting: no\r\nVoice-Message: 0/4294967295 (0/3)\r\n',
    )
  })

  it.each([
    ['line feeds only', 'messages-waiting:yes\nvoice-message: 1/2\n', { new: 1, old: 2, urgentNew: 0, urgentOld: 0 }],
    [
      'blanks everywhere',
      'Messages-Waiting:  YES \r\nVoice-Message: 3 / 4 ( 1 / 0 )  \r\n\r\n',
      { new: 3, old: 4, urgentNew: 1, urgentOld: 0 },
    ],
    [
      'an unknown line',
      'X: y\r\nMessages-Waiting: yes\r\nVoice-Message: 1/0 (0/0)\r\n',
      { new: 1, old: 0, urgentNew: 0, urgentOld: 0 },
    ],
  ])('is read with %s', (_name, body, counts) => {
    expect(readMessageSummary(body)).toMatchObject({ waiting: true, counts })
  })

  it('may lack counts, and is nothing without its first line', () => {
    expect(readMessageSummary('Messages-Waiting: no\r\n')).toEqual({
      waiting: false,
      account: undefined,
      counts: undefined,
    })
    expect(readMessageSummary('Voice-Message: 1/0\r\n')).toBeUndefined()
  })
})
