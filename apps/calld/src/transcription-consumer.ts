import { type ConsumerDefinition, type IncomingMessage, SERVICE_QUEUES } from '@lamplighter/bus'
import {
  TRANSCRIPTION_COMPLETED,
  type TranscriptionCompleted,
  transcriptionCompletedSchema,
} from '@lamplighter/contracts'
import { InvalidInputError, isUuid, type MailboxId, type TenantId, type Transcription } from '@lamplighter/domain'
import { createInputCheck } from '@lamplighter/http'
import { Backoff, type Logger, sleep } from '@lamplighter/runtime'
import { isPassingFault, onlyTenant } from '@lamplighter/store'
import type { TranscriptionService } from './transcription-service.js'

const checkData = createInputCheck(transcriptionCompletedSchema, 'body', 'ignore')

/**
 * Takes what transcribers publish (bus.md 2.5). The queue is durable: nothing is missed while calld is away. A message
 * that is gone is no failure, its result only came too late (rest.md F-09). Nor is a database that is away one of the
 * result: it waits here until the database is back, because the bus would count its tries.
 *
 * @param stopping gives back what waits
 */
export function transcriptionConsumer(
  transcriptions: TranscriptionService,
  log: Logger,
  stopping: AbortSignal,
): ConsumerDefinition {
  return {
    ...SERVICE_QUEUES.transcriptions,
    bindings: [{ name: TRANSCRIPTION_COMPLETED }],
    prefetch: 16,
    handle: async (message) => {
      const result = readResult(message)
      if (!result) {
        log.warn({ eventId: message.eventId }, 'a transcription result does not fit its schema')
        return 'dead_letter'
      }
      const { data, transcription } = result
      const place = { mailboxId: data.voicemail_id as MailboxId, messageId: data.message_id }
      const tenant = onlyTenant(data.tenant_uuid as TenantId)
      const accept = () => transcriptions.accept(tenant, place, transcription)
      const outcome = await whenStoreIsThere(accept, log, stopping)
      if (outcome === undefined) return 'retry'
      log.info({ eventId: message.eventId, ...place, outcome }, 'transcription result handled')
      return 'ack'
    },
  }
}

/** Does it again until the database is there for it. Undefined when we stop first. @throws what it throws otherwise */
async function whenStoreIsThere<T>(work: () => Promise<T>, log: Logger, stopping: AbortSignal): Promise<T | undefined> {
  const backoff = new Backoff(200, 5000)
  while (!stopping.aborted) {
    try {
      return await work()
    } catch (err) {
      if (!isPassingFault(err)) throw err
      log.warn({ err }, 'a transcription result cannot be stored yet')
      await sleep(backoff.nextMs(), stopping)
    }
  }
  return undefined
}

type Result = { readonly data: TranscriptionCompleted; readonly transcription: Transcription }

function readResult({ body }: IncomingMessage): Result | undefined {
  try {
    const event = JSON.parse(body.toString('utf8')) as { data?: unknown } | null
    if (typeof event?.data !== 'object' || event.data === null) return undefined
    const data = checkData(event.data as Record<string, unknown>)
    const completedAt = readMoment(data.completed_at)
    if (completedAt === undefined || !isUuid(data.tenant_uuid)) return undefined
    return { data, transcription: toTranscription(data, completedAt) }
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof SyntaxError) return undefined
    throw error
  }
}

function toTranscription(data: TranscriptionCompleted, completedAt: Date): Transcription {
  return {
    text: data.transcription_text,
    providerId: data.provider_id,
    language: data.language,
    durationSec: data.duration,
    createdAt: completedAt.toISOString(),
  }
}

/** A time without zone is UTC: that is what the original's services run in. */
function readMoment(text: string): Date | undefined {
  const aware = /(Z|[+-]\d{2}(:?\d{2})?)$/.test(text) ? text : `${text}Z`
  const moment = new Date(aware.replace(' ', 'T'))
  return Number.isNaN(moment.getTime()) ? undefined : moment
}
