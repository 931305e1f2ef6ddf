import { type Message, NotFoundError } from '@lamplighter/domain'
import type { Answer, Call } from '@lamplighter/http'
import type { AudioStore } from '@lamplighter/store'
import { audioAnswer } from './audio-answer.js'

/** The audio of a message (rest.md 3.6). @throws NotFoundError when it is missing */
export async function recordingAnswer(
  call: Pick<Call, 'request'>,
  audio: AudioStore,
  message: Message,
  download: boolean,
): Promise<Answer> {
  const bytes = await audio.size(message.audioKey)
  if (bytes === undefined) {
    throw new NotFoundError('no-such-voicemail-recording', 'the message has no audio', { message_id: message.id })
  }
  const filename = download ? { filename: `vm-msg-${message.id}.wav` } : {}
  return audioAnswer(call, audio, { key: message.audioKey, bytes, etag: `"${message.id}"`, ...filename })
}
