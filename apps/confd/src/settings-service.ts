import { draft, type SettingsUpdate, transcriptionEdited, voicemailSettingsEdited } from '@lamplighter/contracts'
import type { Precondition, TenantId } from '@lamplighter/domain'
import { onlyTenant, type Store, type TenantSettings } from '@lamplighter/store'

/** What `/voicemails/settings` is about; the transcription switch has a resource of its own. */
export type MailboxSettings = Omit<TenantSettings, 'transcriptionEnabled'>

/** Reads and changes what a tenant decides about its mailboxes; what stays as it was is not said. */
export class SettingsService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The tenant's settings but for the transcription switch. */
  async settings(tenantId: TenantId): Promise<MailboxSettings> {
    return withoutSwitch(await this.#read(tenantId))
  }

  /** Changes the given settings. @throws RuleError when R3 shall hold again but a context has several global mailboxes */
  async update(tenantId: TenantId, input: SettingsUpdate, precondition: Precondition): Promise<void> {
    await this.#store.changeConfiguration(onlyTenant(tenantId), async ({ settings, outbox }) => {
      await settings.lock()
      const current = await settings.read()
      precondition(withoutSwitch(current))
      const wanted = merged(current, input)
      if (JSON.stringify(current) === JSON.stringify(wanted)) return
      await settings.update(wanted)
      outbox.add([draft(voicemailSettingsEdited, { tenant: tenantId }, {})])
    })
  }

  /** Whether messages of the tenant are transcribed. */
  async transcription(tenantId: TenantId): Promise<{ enabled: boolean }> {
    return { enabled: (await this.#read(tenantId)).transcriptionEnabled }
  }

  /** Switches transcription. */
  async switchTranscription(tenantId: TenantId, enabled: boolean, precondition: Precondition): Promise<void> {
    await this.#store.changeConfiguration(onlyTenant(tenantId), async ({ settings, outbox }) => {
      await settings.lock()
      const current = await settings.read()
      precondition({ enabled: current.transcriptionEnabled })
      if (current.transcriptionEnabled === enabled) return
      await settings.update({ ...current, transcriptionEnabled: enabled })
      outbox.add([draft(transcriptionEdited, { tenant: tenantId }, { enabled })])
    })
  }

  #read(tenantId: TenantId): Promise<TenantSettings> {
    return this.#store.configuration(onlyTenant(tenantId)).settings.read()
  }
}

function withoutSwitch({ transcriptionEnabled: _switch, ...settings }: TenantSettings): MailboxSettings {
  return settings
}

function merged(current: TenantSettings, input: SettingsUpdate): TenantSettings {
  return {
    manyGlobals: input.many_globals ?? current.manyGlobals,
    trashDays: input.trash_days ?? current.trashDays,
    maxAgeDays: input.max_age_days === undefined ? current.maxAgeDays : input.max_age_days,
    claimLeaseSec: input.claim_lease_s ?? current.claimLeaseSec,
    pinMinLength: input.pin_min_length ?? current.pinMinLength,
    eventRetentionHours:
      input.event_retention_hours === undefined ? current.eventRetentionHours : input.event_retention_hours,
    transcriptionEnabled: current.transcriptionEnabled,
    messageAccount: input.message_account === undefined ? current.messageAccount : input.message_account,
    sipRegistrar: input.sip_registrar ?? current.sipRegistrar,
  }
}
