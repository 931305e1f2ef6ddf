import Type from 'typebox'
import { defineEvent } from './definition.js'

const voicemail = Type.Object({ id: Type.Integer() })
const userVoicemail = Type.Object({ user_uuid: Type.String(), voicemail_id: Type.Integer() })
const device = Type.Object({ device_uuid: Type.String() })
const mwiSource = Type.Object({ source_uuid: Type.String() })

/** A mailbox was created. */
export const voicemailCreated = defineEvent({
  name: 'voicemail_created',
  kind: 'tenant',
  routingKey: 'config.voicemail.created',
  data: voicemail,
  description: 'A mailbox was created.',
})

/** A mailbox's configuration changed; a PUT that changes nothing says nothing. */
export const voicemailEdited = defineEvent({
  name: 'voicemail_edited',
  kind: 'tenant',
  routingKey: 'config.voicemail.edited',
  data: voicemail,
  description: 'The configuration of a mailbox changed.',
})

/** A mailbox was put into the trash with its messages. */
export const voicemailDeleted = defineEvent({
  name: 'voicemail_deleted',
  kind: 'tenant',
  routingKey: 'config.voicemail.deleted',
  data: voicemail,
  description: 'A mailbox was put into the trash with its messages.',
})

/** Whom a mailbox is shared with changed, or what they may do (ours; Wazo has no such event). */
export const voicemailMembersEdited = defineEvent({
  name: 'voicemail_members_edited',
  kind: 'tenant',
  routingKey: 'config.voicemail.members.edited',
  data: voicemail,
  description: 'Whom a mailbox is shared with changed, or what they may do.',
})

/** Follows `voicemail_edited`, once per user of the mailbox. */
export const userVoicemailEdited = defineEvent({
  name: 'user_voicemail_edited',
  kind: 'user',
  routingKey: 'config.users.{user_uuid}.voicemails.edited',
  data: userVoicemail,
  description: 'The mailbox of a user changed.',
})

/** A user was given a mailbox. The routing key says `updated`: the contract's own word. */
export const userVoicemailAssociated = defineEvent({
  name: 'user_voicemail_associated',
  kind: 'user',
  routingKey: 'config.users.{user_uuid}.voicemails.updated',
  data: userVoicemail,
  description: 'A user was given a mailbox.',
})

/** A user's mailbox was taken away. The routing key says `deleted`: the contract's own word. */
export const userVoicemailDissociated = defineEvent({
  name: 'user_voicemail_dissociated',
  kind: 'user',
  routingKey: 'config.users.{user_uuid}.voicemails.deleted',
  data: userVoicemail,
  description: 'A mailbox was taken away from a user.',
})

/** A deleted mailbox came back (ours). Follows `voicemail_created`, for clients that only know the contract. */
export const voicemailRestored = defineEvent({
  name: 'voicemail_restored',
  kind: 'tenant',
  routingKey: 'config.voicemail.restored',
  data: voicemail,
  description: 'A deleted mailbox came back with its messages; follows `voicemail_created`.',
})

/** The general options of the installation changed. */
export const voicemailGeneralEdited = defineEvent({
  name: 'voicemail_general_edited',
  kind: 'service',
  routingKey: 'config.voicemail_general.edited',
  data: Type.Object({}),
  description: 'The general options of the installation changed.',
})

/** The zones of the installation changed. */
export const voicemailZonesEdited = defineEvent({
  name: 'voicemail_zonemessages_edited',
  kind: 'service',
  routingKey: 'config.voicemail_zonemessages.edited',
  data: Type.Object({}),
  description: 'The zones of the installation changed.',
})

/** The zones a tenant adds changed (ours). */
export const voicemailTenantZonesEdited = defineEvent({
  name: 'voicemail_tenant_zonemessages_edited',
  kind: 'tenant',
  routingKey: 'config.voicemail_tenant_zonemessages.edited',
  data: Type.Object({}),
  description: 'The zones a tenant adds changed.',
})

/** Transcription was switched on or off for the tenant. */
export const transcriptionEdited = defineEvent({
  name: 'voicemail_transcription_config_edited',
  kind: 'tenant',
  routingKey: 'config.voicemail_transcription.edited',
  data: Type.Object({ enabled: Type.Boolean() }),
  description: 'Transcription was switched on or off for the tenant.',
})

/** The voicemail settings of the tenant changed (ours). */
export const voicemailSettingsEdited = defineEvent({
  name: 'voicemail_settings_edited',
  kind: 'tenant',
  routingKey: 'config.voicemail_settings.edited',
  data: Type.Object({}),
  description: 'The voicemail settings of the tenant changed.',
})

/** A SIP device was created (ours; Wazo has no such event). */
export const deviceCreated = defineEvent({
  name: 'mwi_device_created',
  kind: 'tenant',
  routingKey: 'config.mwi_device.created',
  data: device,
  description: 'A SIP device was created.',
})

/** A SIP device or the mailboxes it watches changed. */
export const deviceEdited = defineEvent({
  name: 'mwi_device_edited',
  kind: 'tenant',
  routingKey: 'config.mwi_device.edited',
  data: device,
  description: 'A SIP device, or the list of mailboxes it watches, changed.',
})

/** A SIP device was deleted; its subscriptions end. */
export const deviceDeleted = defineEvent({
  name: 'mwi_device_deleted',
  kind: 'tenant',
  routingKey: 'config.mwi_device.deleted',
  data: device,
  description: 'A SIP device was deleted.',
})

/** A source of message-waiting counts was created (ours). */
export const mwiSourceCreated = defineEvent({
  name: 'mwi_source_created',
  kind: 'tenant',
  routingKey: 'config.mwi_source.created',
  data: mwiSource,
  description: 'A source of message-waiting counts was created.',
})

/** A source of message-waiting counts changed (ours). */
export const mwiSourceEdited = defineEvent({
  name: 'mwi_source_edited',
  kind: 'tenant',
  routingKey: 'config.mwi_source.edited',
  data: mwiSource,
  description: 'A source of message-waiting counts changed, or shall start again.',
})

/** A source of message-waiting counts was deleted (ours). */
export const mwiSourceDeleted = defineEvent({
  name: 'mwi_source_deleted',
  kind: 'tenant',
  routingKey: 'config.mwi_source.deleted',
  data: mwiSource,
  description: 'A source of message-waiting counts was deleted; its mailboxes keep their last ones.',
})
