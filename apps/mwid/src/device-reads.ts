import type { DeviceId } from '@lamplighter/domain'
import type { SipDevice, SipRepository, WatchedMailbox } from '@lamplighter/store'
import { Batcher } from './batcher.js'

/** What a request of a device needs to know; many requests at one moment share a statement. */
export class DeviceReads {
  readonly #devices: Batcher<string, SipDevice | undefined>
  readonly #watched: Batcher<DeviceId, readonly WatchedMailbox[]>

  constructor(sip: SipRepository) {
    this.#devices = new Batcher(async (usernames) => {
      const found = new Map((await sip.findDevices(usernames)).map((device) => [device.sipUsername, device]))
      return usernames.map((username) => found.get(username))
    })
    this.#watched = new Batcher(async (deviceIds) => {
      const byDevice = new Map<DeviceId, WatchedMailbox[]>(deviceIds.map((id) => [id, []]))
      for (const mailbox of await sip.watched([...byDevice.keys()])) byDevice.get(mailbox.deviceId)?.push(mailbox)
      return deviceIds.map((id): readonly WatchedMailbox[] => byDevice.get(id) ?? [])
    })
  }

  /** The device with this SIP username. */
  findDevice(username: string): Promise<SipDevice | undefined> {
    return this.#devices.add(username)
  }

  /** What a device must show now. */
  watched(deviceId: DeviceId): Promise<readonly WatchedMailbox[]> {
    return this.#watched.add(deviceId)
  }
}
