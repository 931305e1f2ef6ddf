import { type MailboxId, type MessageId, UNHANDLED, type UserId } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { type ShownMessage, toEventMessage, toFolderMessage, toListedMessage, toMessageView } from './message-view.js'

const message: ShownMessage = {
  ...UNHANDLED,
  id: 'M' as MessageId,
  folderId: 3,
  urgent: true,
  callerIdName: 'Ada',
  callerIdNum: '1',
  leftAt: 5,
  durationMs: 1000,
  transcription: null,
}
const mailbox = { id: 7 as MailboxId, name: 'box', accesstype: 'global' } as const
const CONTRACT = ['id', 'caller_id_name', 'caller_id_num', 'duration', 'timestamp', 'empty', 'transcription']
const OURS = ['unread', 'priority', 'private', 'status', 'note', 'claim', 'handled_by', 'read_by', 'hold']

describe('a view of a message', () => {
  it('has the contract’s fields first and ours behind them', () => {
    expect(Object.keys(toFolderMessage(message))).toEqual([...CONTRACT, ...OURS])
    expect(Object.keys(toMessageView(message))).toEqual([...CONTRACT, 'folder', ...OURS])
    expect(Object.keys(toListedMessage(message, mailbox))).toEqual([...CONTRACT, 'voicemail', 'folder', ...OURS])
  })

  it('says what people made of it', () => {
    const expiresAt = new Date('2026-11-20T21:11:39.258Z')
    const claim = { userId: 'U' as UserId, expiresAt }
    expect(toFolderMessage({ ...message, claim, status: 'call-back', note: 'at five' })).toMatchObject({
      unread: true,
      priority: 'urgent',
      status: 'call-back',
      note: 'at five',
      claim: { user_uuid: 'U', expires_at: '2026-11-20T21:11:39.258Z' },
    })
    expect(toFolderMessage({ ...message, folderId: 2 })).toMatchObject({
      unread: false,
      priority: 'urgent',
      claim: null,
    })
  })

  it('in an event is exactly the contract’s (bus.md 4.3)', () => {
    expect(JSON.stringify(toEventMessage(message, mailbox))).toBe(
      '{"id":"M","caller_id_name":"Ada","caller_id_num":"1","duration":1,"timestamp":5,"empty":false,"transcription":null,' +
        '"voicemail":{"id":7,"name":"box","accesstype":"global"},"folder":{"id":3,"name":"urgent","type":"urgent"}}',
    )
  })
})
