import { type AuditView, listAudit } from '@lamplighter/contracts'
import { InvalidInputError } from '@lamplighter/domain'
import { type Implementation, implement } from '@lamplighter/http'
import { type AuditPosition, type AuditRecord, onlyTenant, type Store, tenantSubtree } from '@lamplighter/store'
import { readPosition, writePosition } from './list-position.js'

const DEFAULT_LIMIT = 100

/** Who did what in a tenant, newest first. */
export function auditRoutes(store: Store): Implementation[] {
  return [
    implement(listAudit, async (call) => {
      const { limit = DEFAULT_LIMIT, cursor, recurse, ...asked } = call.query()
      const scope = recurse ? tenantSubtree(call.tenantId) : onlyTenant(call.tenantId)
      const after = cursor === undefined ? undefined : toAuditPosition(cursor)
      const filter = {
        mailboxId: asked.mailbox_id,
        messageId: asked.message_id,
        actorId: asked.actor_uuid,
        action: asked.action,
        from: toMoment('from', asked.from),
        until: toMoment('until', asked.until),
      }
      // One more than asked for tells whether there is a next page.
      const found = await store.auditLog(scope).list(filter, after, limit + 1)
      return { body: toView(found, limit) }
    }),
  ]
}

function toView(found: readonly AuditRecord[], limit: number): AuditView {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const more = found.length > limit && last
  return { items: items.map(toItem), ...(more ? { next_cursor: writePosition(last.atMicros, last.id) } : {}) }
}

function toItem(record: AuditRecord): AuditView['items'][number] {
  return {
    id: record.id,
    tenant_uuid: record.tenantId,
    at: record.at.toISOString(),
    actor_uuid: record.actorId,
    action: record.action,
    mailbox_id: record.mailboxId,
    message_id: record.messageId,
    details: record.details,
    request_id: record.requestId,
    remote_addr: record.remoteAddr,
  }
}

function toAuditPosition(cursor: string): AuditPosition {
  const [atMicros, id] = readPosition(cursor, isAuditPosition)
  return { atMicros, id }
}

function isAuditPosition(parts: readonly unknown[]): parts is readonly [number, number] {
  return parts.length === 2 && parts.every(Number.isSafeInteger)
}

/** The form was checked already; February 30th is seen only here. */
function toMoment(field: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime())) throw InvalidInputError.of(field, 'regex', 'is not a moment')
  return moment
}
