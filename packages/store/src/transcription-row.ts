import type { Transcription } from '@lamplighter/domain'

/** A transcription as the message's row keeps it. */
export type TranscriptionRow = {
  text: string
  provider_id: string | null
  language: string | null
  duration: number | null
  created_at: string
}

/** The row's form of a transcription, as JSON text. */
export function toTranscriptionJson(transcription: Transcription | null): string | null {
  if (!transcription) return null
  const { text, providerId, language, durationSec, createdAt } = transcription
  const row: TranscriptionRow = {
    text,
    provider_id: providerId,
    language,
    duration: durationSec,
    created_at: createdAt,
  }
  return JSON.stringify(row)
}

/** The transcription a row stands for. */
export function toTranscription(row: TranscriptionRow | null): Transcription | null {
  if (!row) return null
  const { text, provider_id: providerId, language, duration: durationSec, created_at: createdAt } = row
  return { text, providerId, language, durationSec, createdAt }
}
