import { type MailboxId, type MessageId, type TenantId, toRights, UNHANDLED, type UserId } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { countDrafts, countsFor, type EventDraft, type MailboxAudience, messageDrafts, shareDrafts } from './drafts.js'

const [anna, bob, carl] = ['anna', 'bob', 'carl'] as UserId[] as [UserId, UserId, UserId]
const everyone = { userId: null, rights: toRights(['listen']) }
const listener = (userId: UserId) => ({ userId, rights: toRights(['listen']) })

function audience(fields: Partial<MailboxAudience> & { accesstype?: 'personal' | 'global' } = {}): MailboxAudience {
  const { accesstype = 'personal', ...rest } = fields
  const tenantId = 'tenant' as TenantId
  const names = {
    id: 7 as MailboxId,
    tenantId,
    name: 'box',
    number: '1',
    enabled: true,
    maxMessages: null,
    external: null,
  }
  const summary = { new: 3, old: 1, urgentNew: 1, urgentOld: 0 }
  return {
    mailbox: { ...names, accesstype },
    users: [],
    members: [],
    state: { summary, revision: 9, claimed: [] },
    ...rest,
  }
}

/** Who is told how many are new; `tenant` is everyone, null the tenant's admins. */
function told(drafts: readonly EventDraft[]): [string | null, number][] {
  const events = drafts.map((complete) => complete({ originUuid: 'o', now: new Date() }))
  return events.map(({ name, userId, body }) => {
    const { data } = JSON.parse(body) as { data: { new: number } }
    return [name.startsWith('global_') ? 'tenant' : userId, data.new]
  })
}

describe('the counts of a mailbox', () => {
  it('go to each user and each member who may listen, and once to the tenant when it is open to everyone', () => {
    const member = { userId: carl, rights: toRights(['manage', 'greet']) }
    expect(told(countDrafts(audience({ users: [anna], members: [listener(bob), listener(anna), member] })))).toEqual([
      ['anna', 3],
      ['bob', 3],
    ])
    expect(told(countDrafts(audience({ members: [everyone, listener(bob)] })))).toEqual([
      ['tenant', 3],
      ['bob', 3],
    ])
    expect(told(countDrafts(audience({ accesstype: 'global' })))).toEqual([['tenant', 3]])
    expect(told(countDrafts(audience()))).toEqual([[null, 3]])
  })

  it('leave out what somebody else has claimed: the holder is told of it also when all others hear the tenant’s', () => {
    const { state } = audience()
    const claimed = { ...state, claimed: [{ userId: bob, new: 2, urgentNew: 1 }] }
    expect(told(countDrafts(audience({ users: [anna], members: [listener(bob)], state: claimed })))).toEqual([
      ['anna', 1],
      ['bob', 3],
    ])
    expect(told(countDrafts(audience({ accesstype: 'global', state: claimed })))).toEqual([
      ['tenant', 1],
      ['bob', 3],
    ])
  })

  it('are zeros for a user who does not listen, whoever else does', () => {
    const shared = audience({ members: [listener(bob)] })
    expect(told([countsFor(shared, bob), countsFor(shared, carl)])).toEqual([
      ['bob', 3],
      ['carl', 0],
    ])
  })
})

describe('a change of whom a mailbox is shared with', () => {
  const shared = audience({ users: [anna], members: [listener(bob)] })

  it('tells those who gained or lost it, and nobody else', () => {
    expect(told(shareDrafts(shared, audience({ users: [anna], members: [listener(carl)] })))).toEqual([
      ['bob', 0],
      ['carl', 3],
    ])
    expect(shareDrafts(shared, shared)).toEqual([])
  })

  it('with everyone tells the tenant; its end tells the tenant zeros, then those who keep it', () => {
    const open = audience({ users: [anna], members: [everyone] })
    expect(told(shareDrafts(shared, open))).toEqual([
      ['bob', 3],
      ['tenant', 3],
      ['anna', 3],
    ])
    expect(told(shareDrafts(open, shared))).toEqual([
      ['tenant', 0],
      ['anna', 3],
      ['bob', 3],
    ])
  })
})

describe('what happens to a message', () => {
  it('is said to each listener, and once to the tenant of an open mailbox', () => {
    const facts = { callerIdName: null, callerIdNum: null, leftAt: 1, durationMs: 1, audioKey: 'a', audioBytes: 1 }
    const place = { tenantId: 'tenant' as TenantId, mailboxId: 7 as MailboxId, folderId: 1, urgent: false } as const
    const message = { ...UNHANDLED, ...facts, ...place, id: 'M' as MessageId, audioSha256: null, transcription: null }
    const names = (of: MailboxAudience) =>
      messageDrafts('created', message, of).map((complete) => complete({ originUuid: 'o', now: new Date() }).name)
    expect(names(audience({ users: [anna], members: [listener(bob)] }))).toEqual([
      'user_voicemail_message_created',
      'user_voicemail_message_created',
    ])
    expect(names(audience({ users: [anna], members: [everyone] }))).toEqual([
      'global_voicemail_message_created',
      'user_voicemail_message_created',
    ])
    expect(names(audience())).toEqual([])
  })
})
