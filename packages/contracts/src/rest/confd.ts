import * as contexts from './confd-contexts.js'
import * as devices from './confd-devices.js'
import * as users from './confd-users.js'
import * as voicemails from './confd-voicemails.js'
import type { RouteContract } from './route.js'
import { getConfdStatus } from './status.js'

/** Every operation of confd. */
export const CONFD_ROUTES: readonly RouteContract[] = [
  getConfdStatus,
  voicemails.listVoicemails,
  voicemails.createVoicemail,
  voicemails.getVoicemail,
  voicemails.updateVoicemail,
  voicemails.deleteVoicemail,
  voicemails.listUserVoicemails,
  voicemails.createUserVoicemail,
  voicemails.dissociateUserVoicemails,
  voicemails.associateUserVoicemail,
  users.listUsers,
  users.createUser,
  users.getUser,
  users.deleteUser,
  contexts.listContexts,
  contexts.createContext,
  contexts.getContext,
  contexts.deleteContext,
  devices.listDevices,
  devices.createDevice,
  devices.getDevice,
  devices.updateDevice,
  devices.deleteDevice,
]
