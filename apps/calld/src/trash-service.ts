import { type TrashedMessageView, type TrashView, toListedMessage } from '@lamplighter/contracts'
import { isUuid } from '@lamplighter/domain'
import type { Store, TenantScope, TrashedMessage, TrashList, TrashPage, TrashPosition } from '@lamplighter/store'
import { noSuchVoicemail } from './ids.js'
import { readPosition, writePosition } from './list-position.js'
import type { Reach } from './message-service.js'

/** Which part of the trash is asked for. */
export type TrashRequest = {
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly cursor?: string | undefined
}

const DEFAULT_LIMIT = 100

/** Shows what lies in the trash. */
export class TrashService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The latest deletions in the mailboxes a call reaches. @throws NotFoundError, InvalidInputError for the cursor */
  async list(scope: TenantScope, reach: Reach, request: TrashRequest): Promise<TrashView> {
    const { limit = DEFAULT_LIMIT, offset = 0, cursor } = request
    const after = cursor === undefined ? undefined : toTrashPosition(cursor)
    // One more than asked for tells whether there is a next page.
    const { items, total } = await this.#read(scope, reach, { limit: limit + 1, offset, after })
    const shown = items.slice(0, limit)
    const last = shown.at(-1)
    const more = items.length > limit && last
    return {
      items: shown.map(toTrashedView),
      total,
      ...(more ? { next_cursor: writePosition(last.deletedAt.getTime(), last.message.id) } : {}),
    }
  }

  async #read(scope: TenantScope, reach: Reach, page: TrashPage): Promise<TrashList> {
    const trash = this.#store.trash(scope)
    if ('userId' in reach) return trash.reached(reach.userId, page)
    if (!(await this.#store.messages(scope).mailbox(reach.mailboxId))) throw noSuchVoicemail(reach.mailboxId)
    return trash.ofMailbox(reach.mailboxId, page)
  }
}

function toTrashPosition(cursor: string): TrashPosition {
  const [deletedAt, id] = readPosition(cursor, isTrashPosition)
  return { deletedAt: new Date(deletedAt), id }
}

/** Milliseconds within what a date can hold. */
const MAX_DATE_MS = 8.64e15

function isTrashPosition(parts: readonly unknown[]): parts is readonly [number, string] {
  const [deletedAt, id] = parts
  return (
    parts.length === 2 &&
    Number.isInteger(deletedAt) &&
    Math.abs(deletedAt as number) <= MAX_DATE_MS &&
    typeof id === 'string' &&
    isUuid(id)
  )
}

function toTrashedView({ message, mailbox, deletedAt, deletedBy, purgeAt }: TrashedMessage): TrashedMessageView {
  return {
    ...toListedMessage(message, mailbox),
    deleted_at: deletedAt.toISOString(),
    deleted_by: deletedBy,
    purge_at: purgeAt?.toISOString() ?? null,
  }
}
