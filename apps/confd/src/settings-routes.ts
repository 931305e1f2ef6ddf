import {
  getTranscription,
  getVoicemailSettings,
  type SettingsView,
  updateTranscription,
  updateVoicemailSettings,
} from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'
import type { MailboxSettings, SettingsService } from './settings-service.js'

/** What a tenant decides about its mailboxes; the transcription switch is the contract's (rest.md 2.10). */
export function settingsRoutes(settings: SettingsService): Implementation[] {
  return [
    implement(getTranscription, async (call) => {
      const state = await settings.transcription(call.tenantId)
      return call.tagged(state, state)
    }),
    implement(updateTranscription, async (call) => {
      const { enabled } = call.body()
      await settings.switchTranscription(call.tenantId, enabled, call.precondition())
      return {}
    }),
    implement(getVoicemailSettings, async (call) => {
      const state = await settings.settings(call.tenantId)
      return call.tagged(state, toSettingsView(state))
    }),
    implement(updateVoicemailSettings, async (call) => {
      await settings.update(call.tenantId, call.body(), call.precondition())
      return {}
    }),
  ]
}

function toSettingsView(settings: MailboxSettings): SettingsView {
  return {
    many_globals: settings.manyGlobals,
    trash_days: settings.trashDays,
    max_age_days: settings.maxAgeDays,
    claim_lease_s: settings.claimLeaseSec,
    pin_min_length: settings.pinMinLength,
    event_retention_hours: settings.eventRetentionHours,
    message_account: settings.messageAccount,
    sip_registrar: settings.sipRegistrar,
  }
}
