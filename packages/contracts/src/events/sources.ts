import { EXTERNAL_SOURCES } from '@lamplighter/domain'
import Type from 'typebox'
import { nullable } from '../rest/schemas.js'
import { defineEvent } from './definition.js'

const about = {
  voicemail_id: Type.Integer({ description: 'the external mailbox whose counts these are' }),
  source_uuid: nullable(
    Type.String({ description: 'the source that speaks of this mailbox alone; null where there is none' }),
  ),
  kind: Type.Enum([...EXTERNAL_SOURCES], { description: 'how its counts come to us' }),
}
const moment = { description: 'ISO 8601, UTC' }

/** The counts of an external mailbox became old (ours; decision 0059). */
export const mwiSourceLost = defineEvent({
  name: 'mwi_source_lost',
  kind: 'tenant',
  routingKey: 'mwi.source.lost',
  data: Type.Object({
    ...about,
    reason: Type.Enum(['waiting', 'stopped', 'silent'], {
      description:
        'waiting: no server took our subscription, the next try follows; stopped: it was refused for good, until a PUT; silent: not heard of in time',
    }),
    last_status: nullable(Type.Integer({ description: 'what the server last answered; null: nothing, or not asked' })),
    last_reason: nullable(Type.String({ description: 'why our subscription ended or failed' })),
    last_heard_at: nullable(Type.String({ description: 'ISO 8601, UTC; null: never' })),
  }),
  description:
    'The source of an external mailbox is not heard of: its counts are old. Once, until it is heard of again.',
})

/** A lost external mailbox was heard of again (ours; decision 0059). */
export const mwiSourceRecovered = defineEvent({
  name: 'mwi_source_recovered',
  kind: 'tenant',
  routingKey: 'mwi.source.recovered',
  data: Type.Object({ ...about, lost_at: Type.String(moment), heard_at: Type.String(moment) }),
  description: 'The source of an external mailbox that was lost is heard of again: its counts hold.',
})
