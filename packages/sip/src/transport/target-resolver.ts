import { lookup, Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { orderServices, type Service } from './srv-order.js'
import type { RemoteAddress, TransportName } from './transport.js'

/** Where names are looked up, and what is left to chance. */
export type ResolverOptions = {
  /** `address:port` of name servers; absent: those of the system. */
  readonly servers?: readonly string[]
  /** Between 0 and 1, for servers of one priority. */
  readonly random?: () => number
  /** Milliseconds, for what is remembered. */
  readonly now?: () => number
}

/** What NAPTR calls the transports, and where SRV keeps each (RFC 3263 4.1, RFC 7118 9). */
const SERVICES: readonly { readonly naptr: string; readonly transport: TransportName; readonly srv: string }[] = [
  { naptr: 'SIPS+D2T', transport: 'TLS', srv: '_sips._tcp' },
  { naptr: 'SIP+D2T', transport: 'TCP', srv: '_sip._tcp' },
  { naptr: 'SIP+D2U', transport: 'UDP', srv: '_sip._udp' },
]
const MAX_TARGETS = 10
const QUERY = { timeout: 2000, tries: 2 }
/** Answers are remembered this long, and no more of them than this. */
const [REMEMBER_MS, REMEMBERED] = [30_000, 1000]

type Remembered = { readonly targets: readonly RemoteAddress[]; readonly untilMs: number }

/** Finds the servers of a name in the order they are to be tried: NAPTR, SRV, then addresses (RFC 3263). */
export class TargetResolver {
  readonly #dns = new Resolver(QUERY)
  readonly #system: boolean
  readonly #random: () => number
  readonly #now: () => number
  readonly #remembered = new Map<string, Remembered>()

  constructor({ servers, random = Math.random, now = () => performance.now() }: ResolverOptions = {}) {
    if (servers) this.#dns.setServers(servers)
    this.#system = servers === undefined
    this.#random = random
    this.#now = now
  }

  /**
   * Addresses to try in order; none when the name leads nowhere. A port or a transport that is given is kept.
   *
   * @param supported transports that can be used, best first where the name leaves it open
   */
  async resolve(to: RemoteAddress, supported: readonly TransportName[]): Promise<readonly RemoteAddress[]> {
    if (isIP(to.host)) return [to]
    const key = `${to.host} ${to.port} ${to.transport ?? ''}`
    const known = this.#remembered.get(key)
    if (known && known.untilMs > this.#now()) return known.targets
    const services = await this.#services(to, supported)
    const found = await Promise.all(services.map((service) => this.#addresses(service)))
    const targets = found.flat().slice(0, MAX_TARGETS)
    const named = targets.map((target) => ({ ...target, serverName: to.serverName ?? to.host }))
    if (named.length > 0) this.#remember(key, named)
    return named
  }

  /** Host, port and transport before any address is known. */
  async #services({ host, port, transport }: RemoteAddress, supported: readonly TransportName[]): Promise<Service[]> {
    if (port !== 0) return [{ host, port, transport: transport ?? 'UDP' }]
    const choices = transport === undefined ? await this.#choices(host, supported) : await this.#choice(host, transport)
    return choices.length > 0 ? choices : [{ host, port: 0, transport: transport ?? 'UDP' }]
  }

  /** The transport is known: only SRV can say where. */
  async #choice(host: string, transport: TransportName): Promise<Service[]> {
    const service = SERVICES.find((one) => one.transport === transport)
    return service ? this.#srv(`${service.srv}.${host}`, transport) : []
  }

  /** The name says which transports it wants; where it does not, each we have is asked for. */
  async #choices(host: string, supported: readonly TransportName[]): Promise<Service[]> {
    const usable = SERVICES.filter(({ transport }) => supported.includes(transport))
    const records = await this.#dns.resolveNaptr(host).catch(() => [])
    const wanted = records
      .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
      .flatMap(({ service, replacement }) => {
        const match = usable.find(({ naptr }) => naptr === service.toUpperCase())
        return match && replacement !== '' ? [{ name: replacement, transport: match.transport }] : []
      })
    const plain = usable.filter(({ transport }) => transport !== 'TLS').toReversed()
    const names =
      wanted.length > 0 ? wanted : plain.map(({ srv, transport }) => ({ name: `${srv}.${host}`, transport }))
    return (await Promise.all(names.map(({ name, transport }) => this.#srv(name, transport)))).flat()
  }

  async #srv(name: string, transport: TransportName): Promise<Service[]> {
    const records = await this.#dns.resolveSrv(name).catch(() => [])
    // A single "." says that there is no such service.
    const real = records.filter(({ name: target }) => target !== '' && target !== '.')
    return orderServices(real, this.#random).map(({ name: host, port }) => ({ host, port, transport }))
  }

  async #addresses({ host, port, transport }: Service): Promise<RemoteAddress[]> {
    const [four, six] = await Promise.all([
      this.#dns.resolve4(host).catch(() => []),
      this.#dns.resolve6(host).catch(() => []),
    ])
    const known = [...four, ...six]
    const all = known.length > 0 || !this.#system ? known : await localAddresses(host)
    return all.map((address) => ({ host: address, port, transport }))
  }

  #remember(key: string, targets: readonly RemoteAddress[]): void {
    this.#remembered.delete(key)
    this.#remembered.set(key, { targets, untilMs: this.#now() + REMEMBER_MS })
    const oldest = this.#remembered.keys().next()
    if (this.#remembered.size > REMEMBERED && !oldest.done) this.#remembered.delete(oldest.value)
  }
}

/** Names only this machine knows, like `localhost`. */
async function localAddresses(host: string): Promise<string[]> {
  return lookup(host, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  )
}
