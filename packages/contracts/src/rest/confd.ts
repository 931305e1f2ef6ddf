import * as contexts from './confd-contexts.js'
import { DEAD_LETTER_ROUTES } from './confd-dead-letters.js'
import { explainDevice } from './confd-device-explanation.js'
import * as devices from './confd-devices.js'
import * as eventConsumers from './confd-event-consumers.js'
import { GATEWAY_ROUTES } from './confd-gateways.js'
import * as infos from './confd-infos.js'
import * as members from './confd-members.js'
import { MWI_POLICY_ROUTES } from './confd-mwi-policies.js'
import * as mwiSources from './confd-mwi-sources.js'
import * as pins from './confd-pins.js'
import * as users from './confd-users.js'
import * as options from './confd-voicemail-options.js'
import { resetVoicemail } from './confd-voicemail-reset.js'
import * as settings from './confd-voicemail-settings.js'
import * as trash from './confd-voicemail-trash.js'
import * as voicemails from './confd-voicemails.js'
import type { RouteContract } from './route.js'
import { getConfdStatus } from './status.js'

/** Every operation of confd. */
export const CONFD_ROUTES: readonly RouteContract[] = [
  getConfdStatus,
  infos.getInfos,
  voicemails.listVoicemails,
  voicemails.createVoicemail,
  voicemails.getVoicemail,
  voicemails.updateVoicemail,
  voicemails.deleteVoicemail,
  resetVoicemail,
  pins.verifyPin,
  pins.unlockPin,
  trash.listDeletedVoicemails,
  trash.restoreVoicemail,
  settings.getTranscription,
  settings.updateTranscription,
  settings.getVoicemailSettings,
  settings.updateVoicemailSettings,
  options.getGeneralOptions,
  options.updateGeneralOptions,
  options.getZones,
  options.updateZones,
  options.getTenantZones,
  options.updateTenantZones,
  voicemails.listUserVoicemails,
  voicemails.createUserVoicemail,
  voicemails.dissociateUserVoicemails,
  voicemails.associateUserVoicemail,
  members.listVoicemailMembers,
  members.replaceVoicemailMembers,
  members.putVoicemailMember,
  members.deleteVoicemailMember,
  members.putVoicemailEveryone,
  members.deleteVoicemailEveryone,
  users.listUsers,
  users.createUser,
  users.getUser,
  users.updateUser,
  users.deleteUser,
  contexts.listContexts,
  contexts.createContext,
  contexts.getContext,
  contexts.updateContext,
  contexts.deleteContext,
  devices.listDevices,
  devices.createDevice,
  devices.getDevice,
  devices.updateDevice,
  devices.deleteDevice,
  explainDevice,
  ...GATEWAY_ROUTES,
  ...MWI_POLICY_ROUTES,
  mwiSources.listMwiSources,
  mwiSources.createMwiSource,
  mwiSources.getMwiSource,
  mwiSources.updateMwiSource,
  mwiSources.deleteMwiSource,
  ...DEAD_LETTER_ROUTES,
  eventConsumers.listEventConsumers,
  eventConsumers.createEventConsumer,
  eventConsumers.getEventConsumer,
  eventConsumers.rotateEventConsumerCredentials,
  eventConsumers.deleteEventConsumer,
]
