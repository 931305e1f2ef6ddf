import { RawPhone } from './raw-phone.js'
import type { Tenant, TestInstallation, Voicemail } from './support.js'
import { wav } from './support.js'

/** A raw phone with the device it is. */
export type DevicePhone = RawPhone & { readonly uuid: string; readonly username: string }

/** Phones of a test file, stopped together. */
export class Phones {
  readonly #phones: RawPhone[] = []

  /** A phone whose device has these fields. */
  async of(installation: TestInstallation, tenant: Tenant, fields: Record<string, unknown> = {}): Promise<DevicePhone> {
    const device = await installation.device(tenant, fields)
    return Object.assign(await this.logIn(installation, device), { uuid: device.uuid, username: device.username })
  }

  /** Another phone of the same account. */
  async logIn(installation: TestInstallation, login: { username: string; password: string }): Promise<RawPhone> {
    const phone = new RawPhone(login, installation.sipPort)
    await phone.start()
    this.#phones.push(phone)
    return phone
  }

  /** A phone of an account that speaks TCP. */
  async overTcp(installation: TestInstallation, login: { username: string; password: string }): Promise<RawPhone> {
    const port = installation.lamplighter.sipPorts?.TCP
    if (port === undefined) throw new Error('the installation listens to no TCP')
    const phone = new RawPhone(login, port, 'TCP')
    await phone.start()
    this.#phones.push(phone)
    return phone
  }

  async stop(): Promise<void> {
    for (const phone of this.#phones.splice(0)) await phone.stop()
  }
}

/** Puts a message into a mailbox. */
export function deposit(tenant: Tenant, box: Voicemail): Promise<{ id: string }> {
  return tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})
}
