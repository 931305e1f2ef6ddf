import type { Bus, Consumer } from '@lamplighter/bus'
import { type AccessControl, calldForm, type HttpService, mountApi } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import type { AudioStore, Store } from '@lamplighter/store'
import { archiveRoutes } from './archive-routes.js'
import { callLogdRoutes } from './call-logd-routes.js'
import { depositRoute } from './deposit-route.js'
import { DepositService } from './deposit-service.js'
import { ErasureService } from './erasure-service.js'
import { ExportService } from './export-service.js'
import { tidy } from './housekeeping.js'
import { ImportService } from './import-service.js'
import { listRoutes } from './list-routes.js'
import { mailboxRoutes } from './mailbox-routes.js'
import { MailboxService } from './mailbox-service.js'
import { MessageService } from './message-service.js'
import { ownRoutes } from './own-routes.js'
import { statusRoute } from './status-route.js'
import { transcriptionConsumer } from './transcription-consumer.js'
import { transcriptionRoutes } from './transcription-routes.js'
import { TranscriptionService } from './transcription-service.js'

/** What calld is made of. */
export type CalldDependencies = {
  readonly store: Store
  readonly audio: AudioStore
  readonly bus: Bus
  readonly access: AccessControl
  readonly log: Logger
  /** Largest recording taken. */
  readonly maxAudioBytes?: number
}

const DEFAULT_MAX_AUDIO_BYTES = 16 * 1024 * 1024
const TIDY_INTERVAL_MS = 60 * 60 * 1000

/** Messages under `/api/calld/1.0`, and their transcriptions also under `/api/call-logd/1.0`. */
export function createCalld({
  store,
  audio,
  bus,
  access,
  log,
  maxAudioBytes = DEFAULT_MAX_AUDIO_BYTES,
}: CalldDependencies): HttpService {
  const mailboxes = new MailboxService(store)
  const messages = new MessageService(store)
  const deposits = new DepositService(store, audio, maxAudioBytes)
  const transcriptions = new TranscriptionService(store)
  const imports = new ImportService(store, audio, maxAudioBytes)
  const implementations = [
    statusRoute(store),
    ...mailboxRoutes(mailboxes, messages, audio),
    ...ownRoutes(mailboxes, messages, audio),
    ...listRoutes(store),
    ...transcriptionRoutes(transcriptions),
    ...archiveRoutes(new ExportService(store, audio, log), imports, new ErasureService(store, audio)),
    depositRoute(deposits),
  ]
  const callLogd = callLogdRoutes(store)
  let tidying: NodeJS.Timeout | undefined
  let consumer: Consumer | undefined
  return {
    name: 'calld',
    mount: (server) => {
      mountApi(server, { name: 'calld', implementations, errorForm: calldForm, access, log })
      mountApi(server, { name: 'call-logd', implementations: callLogd, errorForm: calldForm, access, log })
    },
    start: async () => {
      consumer = await bus.consume(transcriptionConsumer(transcriptions, log))
      tidying = setInterval(() => void tidy(store, audio, log), TIDY_INTERVAL_MS).unref()
    },
    stop: async () => {
      clearInterval(tidying)
      await consumer?.stop()
    },
  }
}
