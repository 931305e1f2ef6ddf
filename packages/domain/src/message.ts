import type { FolderId } from './folder.js'
import type { MailboxId, MessageId, TenantId, UserId } from './ids.js'

/** How far a team got with a message. */
export type MessageStatus = 'open' | 'done' | 'call-back'

/** Somebody works on a message until the lease runs out; meanwhile it does not count for the others. */
export type Claim = { readonly userId: UserId; readonly expiresAt: Date }

/** What people made of a message, beside the folder they put it in. */
export type MessageHandling = {
  /** Not to be forwarded. */
  readonly private: boolean
  /** Legal hold: neither deletion nor retention touches it. */
  readonly hold: boolean
  readonly status: MessageStatus
  readonly note: string | null
  readonly claim: Claim | null
  /** Who set it to another status than open. */
  readonly handledBy: UserId | null
  /** Who ever marked it read. */
  readonly readBy: readonly UserId[]
}

/** What has not been touched yet. */
export const UNHANDLED: MessageHandling = {
  private: false,
  hold: false,
  status: 'open',
  note: null,
  claim: null,
  handledBy: null,
  readBy: [],
}

/** Text made of a message's audio (rest.md 3.9). */
export type Transcription = {
  readonly text: string
  /** Who or what made it. */
  readonly providerId: string | null
  readonly language: string | null
  /** Length of the audio as the provider counts it, seconds. */
  readonly durationSec: number | null
  /** When it was made, ISO 8601 in UTC. */
  readonly createdAt: string
}

/** A voicemail message. Its audio is immutable and lies outside the row, under `audioKey`. */
export type Message = MessageHandling & {
  readonly id: MessageId
  readonly tenantId: TenantId
  readonly mailboxId: MailboxId
  readonly folderId: FolderId
  readonly urgent: boolean
  readonly callerIdName: string | null
  readonly callerIdNum: string | null
  /** When it was left, epoch seconds. */
  readonly leftAt: number
  readonly durationMs: number
  readonly audioKey: string
  readonly audioBytes: number
  /** SHA-256 of the audio, hexadecimal; null where it was never computed. */
  readonly audioSha256: string | null
  /** Null while nobody transcribed it. */
  readonly transcription: Transcription | null
}

/** Duration as the contract counts it: whole seconds, and 0 only for a message without sound. */
export function durationSeconds(durationMs: number): number {
  return durationMs === 0 ? 0 : Math.max(1, Math.round(durationMs / 1000))
}
