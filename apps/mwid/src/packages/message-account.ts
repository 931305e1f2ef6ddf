import { DEVICE_PROFILES } from '@lamplighter/domain'
import type { View } from './event-package.js'

/** Message-Account of a body, in the form the device's profile has; undefined: no such line (RFC 3842 5.2). */
export function messageAccount({ form, account, host }: View): string | undefined {
  const { messageAccount: kind } = DEVICE_PROFILES[form.profile]
  if (kind === 'off') return undefined
  const uri = accountUri(account, host)
  return kind === 'sip-without-port' ? uri.replace(/:\d+$/, '') : uri
}

/** The URI of what an envelope key dials: itself, or the one a number is reached at. */
export function accountUri(account: string, host: string): string {
  return /^sips?:/.test(account) ? account : mailboxUri(account, host)
}

/** The URI a number is reached at. */
export function mailboxUri(number: string, host: string): string {
  return `sip:${number.replaceAll('#', '%23')}@${host}`
}
