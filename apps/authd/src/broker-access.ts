import { isConsumerPassword } from '@lamplighter/access'
import { type ConsumerAddress, consumerQueueName, readConsumerUsername } from '@lamplighter/domain'
import type { EventConsumer, Store } from '@lamplighter/store'

/** A question of the broker as it sends it: a form (bus.md 5.8). */
export type BrokerQuestion = { get(field: string): string | null }
/** What the broker may be told; the tag is one of a fixed set, because tags become atoms that are never freed. */
export type BrokerAnswer = 'allow' | 'allow tenant' | 'deny'
/** The four things the broker asks. */
export type BrokerTopic = 'user' | 'vhost' | 'resource' | 'topic'

/**
 * Decides what a tenant's connection may do on the broker: read the one queue of its own consumer. Nothing may be
 * declared, bound, published or read besides, so nobody can bind themselves to what is not theirs (bus.md 5.8.6, 5.8.7).
 */
export class BrokerAccess {
  readonly #store: Store
  readonly #vhost: string

  /** @param vhost the virtual host our events are in */
  constructor(store: Store, vhost: string) {
    this.#store = store
    this.#vhost = vhost
  }

  /** The answer to a question; whoever is not known, or may do nothing any more, gets `deny`. */
  async decide(topic: BrokerTopic, question: BrokerQuestion): Promise<BrokerAnswer> {
    const address = readConsumerUsername(question.get('username') ?? '')
    const consumer = address && (await this.#find(address))
    if (!consumer) return 'deny'
    switch (topic) {
      case 'user':
        return isConsumerPassword(consumer.secretHash, question.get('password') ?? '') ? 'allow tenant' : 'deny'
      case 'vhost':
        return question.get('vhost') === this.#vhost ? 'allow' : 'deny'
      case 'resource':
        return this.#isOwnQueue(question, consumer) ? 'allow' : 'deny'
      case 'topic':
        return 'deny'
    }
  }

  async #find({ tenantId, name }: ConsumerAddress): Promise<EventConsumer | undefined> {
    const found = await this.#store.eventConsumers.find(tenantId, name)
    return found?.rights && found.consumer
  }

  #isOwnQueue(question: BrokerQuestion, consumer: EventConsumer): boolean {
    return (
      question.get('vhost') === this.#vhost &&
      question.get('resource') === 'queue' &&
      question.get('permission') === 'read' &&
      question.get('name') === consumerQueueName(consumer)
    )
  }
}
