import { StartError } from '@lamplighter/runtime'
import { EventClient, EventsRefusedError, type ReceivedEvent } from '@lamplighter/sdk'

/** Listens to everything its token may see; comes back after interruptions. */
export class EventListener {
  readonly #client: EventClient

  private constructor(client: EventClient) {
    this.#client = client
  }

  /** Connects and resolves once events flow. @throws StartError when the gateway refuses */
  static async open(url: string, token: string, onEvent: (event: ReceivedEvent) => void): Promise<EventListener> {
    try {
      return new EventListener(await EventClient.open({ url, token: () => token, onEvent }))
    } catch (error) {
      if (error instanceof EventsRefusedError) throw new StartError(error.message, { cause: error })
      throw error
    }
  }

  /** Resolves when the gateway refuses for good, or after {@link close}. */
  async closed(): Promise<void> {
    await this.#client.closed
  }

  /** Leaves. */
  close(): void {
    this.#client.close()
  }
}
