import { type PinVerdictView, unlockPin, verifyPin } from '@lamplighter/contracts'
import type { MailboxId } from '@lamplighter/domain'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { tenantSubtree } from '@lamplighter/store'
import type { PinService, PinVerdict } from './pin-service.js'

/** PINs as a phone system checks them (users.md S1, S2). */
export function pinRoutes(pins: PinService): Implementation[] {
  return [
    implement(verifyPin, async (call) => {
      const { pin, caller = null } = call.body()
      const verdict = await pins.verify(tenantSubtree(call.tenantId), mailboxId(call), { pin, caller }, call.actor)
      return { body: toView(verdict) }
    }),
    implement(unlockPin, async (call) => {
      const { caller = null, tenant = false } = call.query()
      await pins.unlock(tenantSubtree(call.tenantId), mailboxId(call), { caller, tenant }, call.actor)
      return {}
    }),
  ]
}

function mailboxId(call: Pick<Call, 'param'>): MailboxId {
  return Number(call.param('id')) as MailboxId
}

function toView(verdict: PinVerdict): PinVerdictView {
  if (verdict.verified) return { verified: true }
  const { reason, lockedUntil } = verdict
  if (!lockedUntil) return { verified: false, reason }
  const retryAfterSec = Math.max(1, Math.ceil((lockedUntil.getTime() - Date.now()) / 1000))
  return { verified: false, reason, retry_after_s: retryAfterSec }
}
