import {
  createDevice,
  type DeviceView,
  deleteDevice,
  explainDevice,
  getDevice,
  listDevices,
  updateDevice,
} from '@lamplighter/contracts'
import type { DeviceId } from '@lamplighter/domain'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { type Device, onlyTenant, type Store, tenantSubtree } from '@lamplighter/store'
import { explainDeviceLamps } from './device-explanation.js'
import type { DeviceService } from './device-service.js'
import { resourceUrl } from './voicemail-view.js'

/** SIP devices. */
export function deviceRoutes(store: Store, devices: DeviceService): Implementation[] {
  return [
    implement(listDevices, async (call) => {
      const { limit, offset = 0, recurse } = call.query()
      const scope = recurse ? tenantSubtree(call.tenantId) : onlyTenant(call.tenantId)
      const { items, total } = await devices.list(scope, { limit, offset })
      return { body: { total, items: items.map((device) => toDeviceView(call, device)) } }
    }),
    implement(createDevice, async (call) => {
      const { value, replayed } = await devices.create(tenantSubtree(call.tenantId), call.body(), call.repeatKey())
      const { device, generatedPassword } = value
      const password = generatedPassword === undefined ? {} : { sip_password: generatedPassword }
      const body = { ...toDeviceView(call, device), ...password }
      return createdAnswer(resourceUrl(call, 'devices', device.uuid), body, replayed)
    }),
    implement(getDevice, async (call) => {
      const device = await devices.get(tenantSubtree(call.tenantId), deviceId(call))
      return call.tagged(device, toDeviceView(call, device))
    }),
    implement(updateDevice, async (call) => {
      call.json()
      const scope = tenantSubtree(call.tenantId)
      await devices.update(scope, deviceId(call), () => call.body(), call.precondition())
      return {}
    }),
    implement(deleteDevice, async (call) => {
      await devices.delete(tenantSubtree(call.tenantId), deviceId(call), call.precondition())
      return {}
    }),
    implement(explainDevice, async (call) => {
      return { body: await explainDeviceLamps(store, tenantSubtree(call.tenantId), deviceId(call), new Date()) }
    }),
  ]
}

function deviceId(call: Pick<Call, 'param'>): DeviceId {
  return call.param('uuid').toLowerCase() as DeviceId
}

function toDeviceView(call: Pick<Call, 'url'>, device: Device): DeviceView {
  return {
    uuid: device.uuid,
    tenant_uuid: device.tenantId,
    name: device.name,
    user_uuid: device.userUuid,
    sip_username: device.sipUsername,
    digest_algorithm: device.digestAlgorithm,
    mwi_mode: device.mwiMode,
    profile: device.profile,
    aggregate: device.aggregate,
    message_account: device.messageAccount,
    voicemails: device.mailboxes && [...device.mailboxes],
    links: [{ rel: 'devices', href: resourceUrl(call, 'devices', device.uuid) }],
  }
}
