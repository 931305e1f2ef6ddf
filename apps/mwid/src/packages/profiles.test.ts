import { readFile } from 'node:fs/promises'
import {
  DEVICE_PROFILES,
  type DeviceId,
  type DeviceProfileName,
  type MailboxId,
  type TenantId,
} from '@lamplighter/domain'
import type { WatchedMailbox } from '@lamplighter/store'
import { describe, expect, it } from 'vitest'
import { messageAccount } from './message-account.js'
import { summaryPackage } from './summary-package.js'

const MAILBOX: WatchedMailbox = {
  deviceId: 'd' as DeviceId,
  tenantId: 't' as TenantId,
  mwiMode: 'auto',
  watched: true,
  blocked: false,
  acknowledged: undefined,
  mailboxId: 7 as MailboxId,
  number: '1001',
  own: true,
  revision: 3,
  summary: { new: 2, old: 1, urgentNew: 1, urgentOld: 0 },
}
const HOST = '192.0.2.1:5060'

const view = (profile: DeviceProfileName, account = '*97') => ({
  form: { profile, aggregate: true, messageAccount: null },
  localAddress: '<sip:phone@192.0.2.1>',
  host: HOST,
  account,
})

describe('a device profile', () => {
  it.each(Object.keys(DEVICE_PROFILES) as DeviceProfileName[])(
    '%s has exactly the bytes kept for it',
    async (profile) => {
      const golden = await readFile(new URL(`golden/${profile}.txt`, import.meta.url), 'latin1')
      expect(summaryPackage.body(view(profile), [MAILBOX], 0)).toBe(golden)
    },
  )
})

describe('Message-Account', () => {
  it.each([
    ['*97', 'sip:*97@192.0.2.1:5060'],
    ['#7', 'sip:%237@192.0.2.1:5060'],
    ['sip:voicemail@example.org:5070', 'sip:voicemail@example.org:5070'],
  ])('of %s is a URI: %s', (account, uri) => {
    expect(messageAccount(view('default', account))).toBe(uri)
  })

  it('has no port where the profile wants none', () => {
    expect(messageAccount(view('yealink', 'sip:voicemail@example.org:5070'))).toBe('sip:voicemail@example.org')
  })
})
