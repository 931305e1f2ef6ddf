import { describe, expect, it } from 'vitest'
import { parseMwiAddress } from './mwi-address.js'

const read = (text: string) => {
  const found = parseMwiAddress(text)
  return (
    found && [
      found.username,
      found.secret,
      found.authUsername,
      found.target.host,
      found.target.port,
      found.remoteMailbox,
    ]
  )
}

describe('user[:secret[:authuser]]@host[:port]/mailbox', () => {
  it.each([
    ['1001@host/1001', ['1001', null, null, 'host', null, '1001']],
    ['1001:pw@host:5070/200', ['1001', 'pw', null, 'host', 5070, '200']],
    ['1001:pw:auth@sip.example.net/200@default', ['1001', 'pw', 'auth', 'sip.example.net', null, '200@default']],
    ['1001:p@ss/w@rd@host/200', ['1001', 'p@ss/w@rd', null, 'host', null, '200']],
    ['1001:p:w:auth@host/200', ['1001', 'p:w', 'auth', 'host', null, '200']],
    ['1001::auth@host/200', ['1001', null, 'auth', 'host', null, '200']],
    ['1001:pw@[2001:db8::1]:5061/200', ['1001', 'pw', null, '[2001:db8::1]', 5061, '200']],
  ])('reads %s', (text, parts) => {
    expect(read(text)).toEqual(parts)
  })

  it.each([
    '',
    '1001',
    '@host/1',
    '1001@host',
    '1001@host/',
    '1001@host:0/1',
    '1001@host:99999/1',
    '1001@ho st/1',
    '1001@/1',
  ])('refuses %j', (text) => {
    expect(read(text)).toBeUndefined()
  })
})
