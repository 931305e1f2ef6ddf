import type { DeviceExplanationView } from '@lamplighter/contracts'
import {
  type DeviceId,
  type ExplainedLamp,
  explainLamps,
  GLOBAL_RIGHTS,
  isLampLit,
  NotFoundError,
  OWNER_RIGHTS,
  presentReason,
  rightNames,
} from '@lamplighter/domain'
import type { Device, DevicePresence, Lamp, Store, TenantScope, WatchExplanation } from '@lamplighter/store'

/** Lamps a device may have in an answer. */
const MAX_LAMPS = 1000

/** Answers "why is this lamp on?": everything that decides about it, and one sentence. @throws NotFoundError */
export async function explainDeviceLamps(
  store: Store,
  scope: TenantScope,
  uuid: DeviceId,
  now: Date,
): Promise<DeviceExplanationView> {
  const device = await store.configuration(scope).devices.find(uuid)
  if (!device) throw new NotFoundError('no-such-device', 'there is no such device', { uuid })
  const page = { order: 'mailbox', direction: 'asc', limit: MAX_LAMPS, offset: 0 } as const
  const [watches, presences, { items: lamps }] = await Promise.all([
    store.explanation.watches(uuid),
    store.explanation.presences(uuid),
    store.lamps(scope).list({ deviceId: uuid }, page),
  ])
  const name = device.name ?? device.sipUsername
  const told = lamps.map((lamp) => ({ lamp, words: toExplained(lamp, device, now) }))
  return {
    sentence: explainLamps(
      name,
      told.map(({ words }) => words),
    ),
    lit: lamps.some(({ desired }) => isLampLit(desired)),
    in_sync: lamps.every(({ inSync }) => inSync),
    device: {
      uuid,
      name: device.name,
      sip_username: device.sipUsername,
      user_uuid: device.userUuid,
      mwi_mode: device.mwiMode,
    },
    mailboxes: watches.map((watch) => toMailboxView(watch, device)),
    subscriptions: presences
      .filter(({ kind }) => kind === 'subscription')
      .map((one) => ({ ...toPresenceView(one), voicemail_id: one.mailboxId })),
    registrations: presences.filter(({ kind }) => kind === 'registration').map(toPresenceView),
    lamps: told.map(({ lamp, words }) => ({
      uuid: lamp.uuid,
      voicemail: lamp.mailbox,
      lit: isLampLit(lamp.desired),
      in_sync: lamp.inSync,
      reason: words.reason,
      last_status: lamp.lastStatus,
      acknowledged_at: lamp.acknowledged?.at.toISOString() ?? null,
      sentence: explainLamps(name, [words]),
    })),
  }
}

function toMailboxView(
  { mailbox, policy, ways, sharedRights }: WatchExplanation,
  { userUuid }: Device,
): DeviceExplanationView['mailboxes'][number] {
  const { id, number, name, enabled, global } = mailbox
  const rights = sharedRights | (ways.includes('personal') ? OWNER_RIGHTS : 0) | (global ? GLOBAL_RIGHTS : 0)
  return {
    voicemail: { id, number, name },
    enabled,
    because: [...ways],
    // A device of nobody shows counts and may do nothing.
    rights: userUuid === null ? [] : rightNames(rights),
    policy: policy && { uuid: policy.uuid, name: policy.name, allow_mwi: policy.allowMwi },
  }
}

function toPresenceView({ contact, transport, remote, userAgent, expiresAt }: DevicePresence) {
  return { contact, transport, remote, user_agent: userAgent, expires_at: expiresAt.toISOString() }
}

function toExplained(lamp: Lamp, { mwiMode }: Device, now: Date): ExplainedLamp {
  const { mailbox, desired, acknowledged, inSync, ledgerReason, lastStatus, contact } = lamp
  const [hasSubscription, hasContact] = [contact?.subscribed === true, contact !== null]
  return {
    mailbox: mailbox.number ?? String(mailbox.id),
    waiting: desired.new,
    inSync,
    reason: presentReason({ ledgerReason, inSync, mwiMode, hasSubscription, hasContact }),
    lastStatus,
    confirmed: acknowledged && {
      waiting: acknowledged.new,
      agoSec: (now.getTime() - acknowledged.at.getTime()) / 1000,
    },
  }
}
