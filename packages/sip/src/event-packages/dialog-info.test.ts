import { describe, expect, it } from 'vitest'
import { formatDialogInfo } from './dialog-info.js'

describe('the dialog-info body (RFC 4235)', () => {
  it('has exactly these bytes', () => {
    expect(formatDialogInfo({ entity: 'sip:1001@example.org', id: 'mailbox', lit: true }, 7)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\r\n' +
        '<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="7" state="full" entity="sip:1001@example.org">\r\n' +
        '<dialog id="mailbox" direction="recipient">\r\n<state>confirmed</state>\r\n</dialog>\r\n</dialog-info>\r\n',
    )
  })

  it('is dark with the same dialog, terminated', () => {
    expect(formatDialogInfo({ entity: 'sip:a@b', id: 'mailbox', lit: false }, 0)).toContain('<state>terminated</state>')
  })

  it('lets nothing a phone wrote end an attribute', () => {
    const entity = 'sip:"><x y=\'&\u0001@b'
    expect(formatDialogInfo({ entity, id: 'i', lit: false }, 0)).toContain(
      'entity="sip:&quot;&gt;&lt;x y=&apos;&amp;@b">',
    )
  })
})
