import { RecordingLinks } from '@lamplighter/access'
import type { Bus, Consumer } from '@lamplighter/bus'
import { type AccessControl, calldForm, type HttpService, mountApi } from '@lamplighter/http'
import { type Logger, Rounds } from '@lamplighter/runtime'
import type { AudioStore, Store } from '@lamplighter/store'
import { archiveRoutes } from './archive-routes.js'
import { auditRoutes } from './audit-routes.js'
import { callLogdRoutes } from './call-logd-routes.js'
import { ClaimExpiry } from './claim-expiry.js'
import { depositRoute } from './deposit-route.js'
import { DepositService } from './deposit-service.js'
import { ErasureService } from './erasure-service.js'
import { ExportService } from './export-service.js'
import { ForwardService } from './forward-service.js'
import { greetingRoutes } from './greeting-routes.js'
import { GreetingService } from './greeting-service.js'
import { tidy } from './housekeeping.js'
import { ImportService } from './import-service.js'
import { lampRoutes } from './lamp-routes.js'
import { LampService } from './lamp-service.js'
import { listRoutes } from './list-routes.js'
import { mailboxRoutes } from './mailbox-routes.js'
import { MailboxService } from './mailbox-service.js'
import { MessageChanger } from './message-changer.js'
import { MessageService } from './message-service.js'
import { ownRoutes } from './own-routes.js'
import { recordingLinkRoutes } from './recording-link-routes.js'
import { RecordingLinkService } from './recording-link-service.js'
import { statusRoute } from './status-route.js'
import { teamRoutes } from './team-routes.js'
import { TeamService } from './team-service.js'
import { transcriptionConsumer } from './transcription-consumer.js'
import { transcriptionRoutes } from './transcription-routes.js'
import { TranscriptionService } from './transcription-service.js'
import { trashRoutes } from './trash-routes.js'
import { TrashService } from './trash-service.js'

/** What calld is made of. */
export type CalldDependencies = {
  readonly store: Store
  readonly audio: AudioStore
  readonly bus: Bus
  readonly access: AccessControl
  readonly log: Logger
  /** Signs the links to recordings. */
  readonly linkKey: Buffer
  /** Largest recording taken. */
  readonly maxAudioBytes?: number
  /** How often old things are tidied up, and what time it is then. */
  readonly tidying?: { readonly everyMs: number; readonly now: () => Date }
}

const DEFAULT_MAX_AUDIO_BYTES = 16 * 1024 * 1024
/** Greetings are short, whatever recordings may be (rest.md 1.1). */
const MAX_GREETING_BYTES = 16 * 1024 * 1024
const HOURLY = { everyMs: 60 * 60 * 1000, now: () => new Date() }

/** Messages under `/api/calld/1.0`, and their transcriptions also under `/api/call-logd/1.0`. */
export function createCalld(dependencies: CalldDependencies): HttpService {
  const { store, audio, bus, access, log, maxAudioBytes = DEFAULT_MAX_AUDIO_BYTES } = dependencies
  const { everyMs, now } = dependencies.tidying ?? HOURLY
  const mailboxes = new MailboxService(store)
  const messages = new MessageService(store)
  const changer = new MessageChanger(store, audio, log)
  const deposits = new DepositService(store, audio, maxAudioBytes)
  const greetings = new GreetingService(store, audio, Math.min(maxAudioBytes, MAX_GREETING_BYTES))
  const links = new RecordingLinkService(store, messages, new RecordingLinks(dependencies.linkKey))
  const transcriptions = new TranscriptionService(store)
  const imports = new ImportService(store, audio, maxAudioBytes)
  const implementations = [
    statusRoute(store),
    ...mailboxRoutes(store, mailboxes, messages, changer, audio),
    ...ownRoutes(store, mailboxes, messages, changer, audio),
    ...trashRoutes(new TrashService(store), changer),
    ...auditRoutes(store),
    ...lampRoutes(store, new LampService(store)),
    ...listRoutes(store),
    ...transcriptionRoutes(transcriptions),
    ...archiveRoutes(new ExportService(store, audio, log), imports, new ErasureService(store, audio)),
    depositRoute(deposits),
    ...teamRoutes(new TeamService(messages), new ForwardService(store, messages)),
    ...greetingRoutes(greetings, audio),
    ...recordingLinkRoutes(store, links, audio),
  ]
  const callLogd = callLogdRoutes(store)
  let consumer: Consumer | undefined
  const stopping = new AbortController()
  const claimExpiry = new ClaimExpiry(store, log)
  const tidying = new Rounds(() => tidy(store, audio, log, now()), everyMs)
  return {
    name: 'calld',
    mount: (server) => {
      mountApi(server, { name: 'calld', implementations, errorForm: calldForm, access, log })
      mountApi(server, { name: 'call-logd', implementations: callLogd, errorForm: calldForm, access, log })
    },
    start: async () => {
      consumer = await bus.consume(transcriptionConsumer(transcriptions, log, stopping.signal))
      claimExpiry.start()
      tidying.start()
    },
    stop: async () => {
      stopping.abort()
      await Promise.all([consumer?.stop(), claimExpiry.stop(), tidying.stop()])
    },
  }
}
