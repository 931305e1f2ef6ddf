import { routesOf } from './route.js'

/** A guest checks out. */
export const resetVoicemail = routesOf('confd')({
  method: 'POST',
  path: '/voicemails/{id}/reset',
  params: { id: 'integer' },
  acl: 'confd.voicemails.{id}.reset.create',
  summary:
    'Make a mailbox as good as new for the next guest: messages to the trash, no PIN, no greetings, lamps dark. Doing it again does nothing',
  success: 204,
})
