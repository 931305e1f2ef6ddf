import { GREETING_NAMES } from '@lamplighter/domain'
import Type from 'typebox'
import { defineEvent } from './definition.js'

/** A greeting of a mailbox was recorded, replaced, copied over or deleted (ours; Wazo says nothing of greetings). */
export const greetingChanged = defineEvent({
  name: 'voicemail_greeting_changed',
  kind: 'tenant',
  routingKey: 'voicemails.greetings.changed',
  data: Type.Object({
    voicemail_id: Type.Integer(),
    greeting: Type.Enum([...GREETING_NAMES]),
    action: Type.Enum(['created', 'replaced', 'copied', 'deleted']),
  }),
  description: 'A greeting of a mailbox was recorded, replaced, copied from another one or deleted.',
})
