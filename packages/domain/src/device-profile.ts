/**
 * How a kind of phone wants to be told. Every field is one thing that was reported to keep some lamp dark
 * (users.md 2.1, 23); the wire form of each profile is kept as golden bytes.
 */
export type DeviceProfile = {
  /** Whether the counts carry their urgent part, `2/1 (0/0)` or `2/1` (RFC 3842 5.2: optional). */
  readonly urgentPart: boolean
  /** Form of Message-Account: as it is, without the port, or no such line. */
  readonly messageAccount: 'sip' | 'sip-without-port' | 'off'
  /** Who an unsolicited NOTIFY is from: the number that reaches the mailboxes, or the device's own name. */
  readonly unsolicitedFrom: 'account' | 'device'
  /** Whether an unsolicited NOTIFY carries the Call-ID of the device's REGISTER: some take no other. */
  readonly registerCallId: boolean
}

/** The profiles a device may have, by name. */
export const DEVICE_PROFILES = {
  /** What every peer we tried took (sip.md 1.1). */
  default: { urgentPart: true, messageAccount: 'sip', unsolicitedFrom: 'account', registerCallId: false },
  /** Phones that dial Message-Account through their own account's proxy, and match a NOTIFY by its From. */
  yealink: { urgentPart: true, messageAccount: 'sip-without-port', unsolicitedFrom: 'device', registerCallId: false },
  /** Old firmware that wakes on the wrong line of a longer body, and knows its registration by the Call-ID only. */
  'cisco-legacy': { urgentPart: false, messageAccount: 'off', unsolicitedFrom: 'device', registerCallId: true },
  /** The least that still has counts, for what chokes on more. */
  plain: { urgentPart: false, messageAccount: 'off', unsolicitedFrom: 'account', registerCallId: false },
} as const satisfies Readonly<Record<string, DeviceProfile>>

/** Name of one of {@link DEVICE_PROFILES}. */
export type DeviceProfileName = keyof typeof DEVICE_PROFILES
