import type { LampTraceView, LampView } from '@lamplighter/contracts'
import { waitFor } from '@lamplighter/testing'
import type { ApiClient } from '../src/demo/api-client.js'
import { RawPhone } from './raw-phone.js'
import type { Tenant, TestInstallation } from './support.js'

const LAMPS = '/api/calld/1.0/lamps'

/** A page of lamps. */
export type LampList = { items: LampView[]; total: number }

/** Phones of a tenant and what the ledger says of their lamps. */
export class LampBench {
  readonly #installation: TestInstallation
  readonly #tenant: Tenant
  readonly #phones: RawPhone[] = []

  constructor(installation: TestInstallation, tenant: Tenant) {
    this.#installation = installation
    this.#tenant = tenant
  }

  /** A device with a phone that does what it is told. */
  async phone(fields: Record<string, unknown> = {}): Promise<RawPhone & { uuid: string }> {
    const device = await this.#installation.device(this.#tenant, fields)
    const phone = new RawPhone(device, this.#installation.sipPort)
    await phone.start()
    this.#phones.push(phone)
    return Object.assign(phone, { uuid: device.uuid })
  }

  /** Stops every phone. */
  async stop(): Promise<void> {
    for (const phone of this.#phones.splice(0)) await phone.stop()
  }

  /** Lamps by a query. */
  list(query: Record<string, unknown> = {}, api: ApiClient = this.#tenant.admin): Promise<LampList> {
    return api.call('GET', `${LAMPS}?${new URLSearchParams(query as Record<string, string>)}`)
  }

  /** The only lamp of a device. */
  async lampOf({ uuid }: { uuid: string }): Promise<LampView> {
    const { items, total } = await this.list({ device: uuid })
    if (total !== 1 || !items[0]) throw new Error(`the device has ${total} lamps`)
    return items[0]
  }

  /** The only lamp of a device, once it fits. */
  lampWhen(device: { uuid: string }, what: string, fits: (lamp: LampView) => boolean): Promise<LampView> {
    return once(() => this.lampOf(device), what, fits)
  }

  /** The last decisions about a lamp. */
  async traceOf({ uuid }: LampView): Promise<LampTraceView['items']> {
    const { items } = await this.#tenant.admin.call<LampTraceView>('GET', `${LAMPS}/${uuid}/trace`)
    return items
  }

  /** The last decisions about a lamp, once they fit. */
  traceWhen(
    lamp: LampView,
    what: string,
    fits: (items: LampTraceView['items']) => boolean,
  ): Promise<LampTraceView['items']> {
    return once(() => this.traceOf(lamp), what, fits)
  }
}

/** What is read, once it fits. @throws with what it was last */
async function once<T>(read: () => Promise<T>, what: string, fits: (value: T) => boolean): Promise<T> {
  let last = await read()
  const fitting = async () => {
    last = await read()
    return fits(last)
  }
  await waitFor(fitting, { what }).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${JSON.stringify(last)}`)
  })
  return last
}
