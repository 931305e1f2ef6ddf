import {
  deleteVoicemailEveryone,
  deleteVoicemailMember,
  listVoicemailMembers,
  type MembersInput,
  type MemberView,
  putVoicemailEveryone,
  putVoicemailMember,
  replaceVoicemailMembers,
} from '@lamplighter/contracts'
import {
  InvalidInputError,
  type MailboxId,
  type MailboxMember,
  rightNames,
  toRights,
  type UserId,
} from '@lamplighter/domain'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { tenantSubtree } from '@lamplighter/store'
import type { MemberService } from './member-service.js'

/** Whom a mailbox is shared with, and what they may do. */
export function memberRoutes(members: MemberService): Implementation[] {
  return [
    implement(listVoicemailMembers, async (call) => {
      const found = await members.list(tenantSubtree(call.tenantId), mailboxId(call))
      return call.tagged(found, { total: found.length, items: found.map(toMemberView) })
    }),
    implement(replaceVoicemailMembers, async (call) => {
      call.json()
      const scope = tenantSubtree(call.tenantId, call.actor)
      const wanted = () => toMembers(call.body())
      await members.replace(scope, mailboxId(call), wanted, call.precondition())
      return {}
    }),
    implement(putVoicemailMember, async (call) => {
      call.json()
      const rights = () => toRights(call.body().rights)
      await members.put(tenantSubtree(call.tenantId, call.actor), mailboxId(call), userId(call), rights)
      return {}
    }),
    implement(deleteVoicemailMember, async (call) => {
      await members.remove(tenantSubtree(call.tenantId, call.actor), mailboxId(call), userId(call))
      return {}
    }),
    implement(putVoicemailEveryone, async (call) => {
      call.json()
      const rights = () => toRights(call.body().rights)
      await members.put(tenantSubtree(call.tenantId, call.actor), mailboxId(call), null, rights)
      return {}
    }),
    implement(deleteVoicemailEveryone, async (call) => {
      await members.remove(tenantSubtree(call.tenantId, call.actor), mailboxId(call), null)
      return {}
    }),
  ]
}

function mailboxId(call: Pick<Call, 'param'>): MailboxId {
  return Number(call.param('id')) as MailboxId
}

function userId(call: Pick<Call, 'param'>): UserId {
  return call.param('user_uuid').toLowerCase() as UserId
}

function toMemberView({ userId, rights }: MailboxMember): MemberView {
  return { user_uuid: userId, rights: rightNames(rights) }
}

/** @throws InvalidInputError when somebody is named twice */
function toMembers({ items }: MembersInput): MailboxMember[] {
  const members = items.map(({ user_uuid: user, rights }) => ({
    userId: (user?.toLowerCase() ?? null) as UserId | null,
    rights: toRights(rights),
  }))
  if (new Set(members.map(({ userId }) => userId)).size === members.length) return members
  throw InvalidInputError.of('items', 'unique', 'each member once')
}
