import { describe, expect, it } from 'vitest'
import { Headers } from '../message/headers.js'
import { hasMessageSummary, readHeardSummary } from './heard-summary.js'

const read = (body: string) => {
  const counts = readHeardSummary(body)?.counts
  return typeof counts === 'object' ? [counts.new, counts.old, counts.urgentNew, counts.urgentOld] : counts
}

describe('a summary from elsewhere', () => {
  it.each([
    ['the usual form', 'Messages-Waiting: yes\r\nVoice-Message: 6/1 (2/1)\r\n', [6, 1, 2, 1]],
    ['no urgent part', 'Messages-Waiting: yes\r\nVoice-Message: 6/1\r\n', [6, 1, 0, 0]],
    ['line feeds only', 'Messages-Waiting: yes\nVoice-Message: 6/1 (0/0)\n', [6, 1, 0, 0]],
    ['no end of the last line', 'Messages-Waiting: yes\r\nVoice-Message: 6/1 (0/0)', [6, 1, 0, 0]],
    ['lower case', 'messages-waiting: YES\r\nvoice-message: 6/1 (0/0)\r\n', [6, 1, 0, 0]],
    ['a blank before the colon', 'Messages-Waiting : yes\r\nVoice-Message : 6/5\r\n', [6, 5, 0, 0]],
    ['blanks round the slash', 'Voice-Message:  6 / 4  ( 1 / 0 ) \r\n', [6, 4, 1, 0]],
    ['lines before and after', 'X: y\r\n\r\nVoice-Message: 6/1 (0/0)\r\nFax-Message: 9/9\r\n', [6, 1, 0, 0]],
    [
      'headers of messages',
      'Messages-Waiting: yes\r\nVoice-Message: 2/8\r\n\r\nTo: <x>\r\nSubject: y\r\n',
      [2, 8, 0, 0],
    ],
    ['a flag that says no to counts', 'Messages-Waiting: no\r\nVoice-Message: 7/0\r\n', [7, 0, 0, 0]],
    ['a flag that says yes to none', 'Messages-Waiting: yes\r\nVoice-Message: 0/0\r\n', [0, 0, 0, 0]],
    ['two lines, of which the last counts', 'Voice-Message: 1/1\r\nVoice-Message: 2/2\r\n', [2, 2, 0, 0]],
    ['more urgent ones than messages', 'Voice-Message: 2/0 (3/1)\r\n', [2, 0, 2, 0]],
    ['the largest count', 'Voice-Message: 2147483647/0\r\n', [2_147_483_647, 0, 0, 0]],
    ['nothing but no', 'Messages-Waiting: no\r\nMessage-Account: sip:1@h\r\n', 'nothing new'],
  ])('is read: %s', (_name, body, counts) => {
    expect(read(body)).toEqual(counts)
  })

  it.each([
    ['negative', 'Voice-Message: -1/0\r\n'],
    ['beyond 32 bits', 'Voice-Message: 99999999999/0\r\n'],
    ['beyond 2^31-1', 'Voice-Message: 2147483648/0\r\n'],
    ['old beyond 2^31-1', 'Voice-Message: 0/4294967295\r\n'],
    ['words', 'Voice-Message: x/y\r\n'],
    ['half of it', 'Voice-Message: 3\r\n'],
    ['a last line that is wrong', 'Voice-Message: 1/1\r\nVoice-Message: -1/0\r\n'],
    ['only that something waits', 'Messages-Waiting: yes\r\n'],
    ['another kind of message', 'Messages-Waiting: yes\r\nFax-Message: 1/1\r\n'],
    ['a blank line', '\r\n'],
    ['nothing', ''],
    ['garbage', '\u0000\u0001{"new": 1}'],
  ])('says nothing when it is %s', (_name, body) => {
    expect(readHeardSummary(body)).toBeUndefined()
  })

  it.each([
    ['sip:1001@example.net', '1001'],
    ['<sip:1001@example.net;transport=tcp>', '1001'],
    ['1001@example.net', '1001'],
    ['1001', '1001'],
    ['sip:example.net', undefined],
  ])('names the account in %s', (account, user) => {
    expect(readHeardSummary(`Message-Account: ${account}\r\nVoice-Message: 1/0\r\n`)?.account).toBe(user)
  })

  it.each([
    ['application/simple-message-summary', true],
    ['Application/Simple-Message-Summary; charset=utf-8', true],
    ['text/plain', false],
    [undefined, false],
  ])('has the type %s', (type, known) => {
    expect(hasMessageSummary(new Headers(type === undefined ? [] : [{ name: 'Content-Type', value: type }]))).toBe(
      known,
    )
  })
})
