import { randomUUID } from 'node:crypto'
import type { MailboxId, MessageId, TenantId, UserId } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { deriveKeys } from './keys.js'
import { RecordingLinks } from './recording-link.js'

const { linkKey, tokenKey } = deriveKeys('a secret of more than thirty-two characters')
const links = new RecordingLinks(linkKey)
const expiresAt = new Date('2026-11-25T10:01:00Z')
const before = new Date('2026-11-25T10:00:59.999Z')
const facts = {
  tenantId: randomUUID() as TenantId,
  mailboxId: 7 as MailboxId,
  messageId: randomUUID() as MessageId,
  maker: randomUUID() as UserId,
  expiresAt,
}

describe('a recording link', () => {
  it('says what it opens and who made it, until it expires', () => {
    const link = links.sign(facts)
    expect(links.read(link, before)).toEqual(facts)
    expect(() => links.read(link, expiresAt)).toThrow(expect.objectContaining({ code: 'link-expired' }))
  })

  it('is a path segment as it stands', () => {
    expect(links.sign(facts)).toMatch(/^[A-Za-z0-9_.-]{100,400}$/)
  })

  it('is invalid after any change of any character', () => {
    const link = links.sign(facts)
    for (let at = 0; at < link.length; at++) {
      for (const char of link[at] === 'A' ? 'B.' : 'A.') {
        if (link[at] === char) continue
        const changed = link.slice(0, at) + char + link.slice(at + 1)
        expect(() => links.read(changed, before), changed).toThrow(expect.objectContaining({ code: 'link-invalid' }))
      }
    }
  })

  it.each(['', '.', 'a.b', 'a.b.c', '.'.repeat(5), 'x'.repeat(5000), '\u0000.é'])('is not %j', (text) => {
    expect(() => links.read(text, before)).toThrow(expect.objectContaining({ code: 'link-invalid' }))
  })

  it('of another key, or with more behind it, is invalid', () => {
    expect(() => links.read(new RecordingLinks(tokenKey).sign(facts), before)).toThrow('not valid')
    for (const tail of ['.', '=', 'A']) expect(() => links.read(links.sign(facts) + tail, before)).toThrow('not valid')
  })
})
