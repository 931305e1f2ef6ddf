import { parseNameAddress } from '@lamplighter/sip'
import type { View } from './event-package.js'

/** The URI a phone subscribed to, as it wrote it. */
export function entityOf({ localAddress }: View): string {
  return parseNameAddress(localAddress)?.uriText ?? ''
}
