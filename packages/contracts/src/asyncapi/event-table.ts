import { EVENTS } from '../events/index.js'

/** The table of `docs/events.md`: every event with its kind, routing key and required ACL. */
export function eventTable(): string {
  const rows = EVENTS.map(({ name, kind, routingKey, acl, description }) => {
    return `| \`${name}\` | ${kind} | \`${routingKey}\` | \`${acl}\` | ${description} |`
  })
  return ['| name | kind | routing key | required ACL | when |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}
