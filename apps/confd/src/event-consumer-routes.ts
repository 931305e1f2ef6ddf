import {
  createEventConsumer,
  deleteEventConsumer,
  type EventConsumerView,
  getEventConsumer,
  listEventConsumers,
  rotateEventConsumerCredentials,
} from '@lamplighter/contracts'
import { consumerQueueName, consumerUsername } from '@lamplighter/domain'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { type EventConsumer, onlyTenant } from '@lamplighter/store'
import type { AppliedBinding } from './event-consumer-bindings.js'
import type { EventConsumerService } from './event-consumer-service.js'
import { resourceUrl } from './voicemail-view.js'

/** Consumers of tenants on AMQP (bus.md 5.8). */
export function eventConsumerRoutes(consumers: EventConsumerService): Implementation[] {
  return [
    implement(listEventConsumers, async (call) => {
      const { limit, offset = 0 } = call.query()
      const { items, total } = await consumers.list(call.tenantId, { limit, offset })
      return { body: { total, items: items.map((consumer) => toView(call, consumer)) } }
    }),
    implement(createEventConsumer, async (call) => {
      const scope = onlyTenant(call.tenantId, call.actor)
      const { principal } = call.caller
      const { value, replayed } = await consumers.create(scope, principal, call.body(), call.repeatKey())
      const { consumer, password } = value
      const body = { ...toView(call, consumer), ...(password === undefined ? {} : { password }) }
      return createdAnswer(resourceUrl(call, 'event-consumers', consumer.name), body, replayed)
    }),
    implement(getEventConsumer, async (call) => ({
      body: toView(call, await consumers.get(call.tenantId, call.param('consumer'))),
    })),
    implement(rotateEventConsumerCredentials, async (call) => ({
      body: await consumers.rotate(
        onlyTenant(call.tenantId, call.actor),
        call.caller.principal,
        call.param('consumer'),
      ),
    })),
    implement(deleteEventConsumer, async (call) => {
      await consumers.delete(call.tenantId, call.param('consumer'))
      return {}
    }),
  ]
}

function toView(call: Pick<Call, 'url'>, consumer: EventConsumer): EventConsumerView {
  return {
    name: consumer.name,
    tenant_uuid: consumer.tenantId,
    events: [...consumer.events],
    bindings: [...consumer.bindings],
    user_uuid: consumer.userId,
    max_length: consumer.maxLength,
    message_ttl_s: consumer.messageTtlSec,
    expires_s: consumer.expiresSec,
    username: consumerUsername(consumer),
    queue: consumerQueueName(consumer),
    ready: consumer.applied?.some((binding) => !(binding as AppliedBinding).pending) ?? false,
    links: [{ rel: 'event-consumers', href: resourceUrl(call, 'event-consumers', consumer.name) }],
  }
}
