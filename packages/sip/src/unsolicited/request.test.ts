import { describe, expect, it } from 'vitest'
import { unsolicitedNotify } from './request.js'

const notify = (path: readonly string[] = []) =>
  unsolicitedNotify({
    contact: 'sip:1001-0x55AA@192.0.2.7:5062;ob',
    path,
    addressOfRecord: 'sip:1001@example.test',
    from: 'sip:*97@example.test',
    ownContact: '<sip:mwi@192.0.2.1:5060>',
    body: 'Messages-Waiting: no\r\n',
  })

describe('an unsolicited NOTIFY (sip.md 1.6)', () => {
  it('stands outside any dialog, names the contact to the letter and goes on nowhere', () => {
    const { uri, headers, body } = notify()
    expect(uri).toBe('sip:1001-0x55AA@192.0.2.7:5062;ob')
    expect(headers.get('to')).toBe('<sip:1001@example.test>')
    expect(headers.get('from')).toMatch(/^<sip:\*97@example\.test>;tag=[0-9a-f]{16}$/)
    expect(headers.get('cseq')).toBe('1 NOTIFY')
    expect(headers.get('event')).toBe('message-summary')
    expect(headers.get('subscription-state')).toBe('terminated')
    expect(headers.get('contact')).toBe('<sip:mwi@192.0.2.1:5060>')
    expect(headers.get('content-type')).toBe('application/simple-message-summary')
    expect(headers.all('route')).toEqual([])
    expect(body.toString()).toBe('Messages-Waiting: no\r\n')
    expect(notify().headers.get('call-id')).not.toBe(headers.get('call-id'))
  })

  it('takes the Path of the registration as its Route', () => {
    const path = ['<sip:edge.test;lr>', '<sip:core.test;lr=on>']
    expect(notify(path).headers.all('route')).toEqual(path)
    const strict = notify(['<sip:old.test>', '<sip:core.test;lr>'])
    expect(strict.uri).toBe('sip:old.test')
    expect(strict.headers.all('route')).toEqual(['<sip:core.test;lr>', '<sip:1001-0x55AA@192.0.2.7:5062;ob>'])
  })
})
