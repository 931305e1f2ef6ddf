import { isIP } from 'node:net'
import { StartError } from '@lamplighter/runtime'

/** Names for the networks that never leave a house. */
const NAMED = ['loopback', 'linklocal', 'uniquelocal']

/** Reads `LAMPLIGHTER_TRUSTED_PROXIES`: addresses, networks (`10.0.0.0/8`) or names of networks; `none` for none. @throws StartError */
export function readProxies(text: string): readonly string[] {
  if (text === 'none') return []
  const proxies = text.split(',').map((proxy) => proxy.trim())
  const bad = proxies.find((proxy) => !NAMED.includes(proxy) && !isNetwork(proxy))
  if (bad === undefined) return proxies
  throw new StartError(`LAMPLIGHTER_TRUSTED_PROXIES must be addresses, networks, or ${NAMED.join(', ')}, not "${bad}"`)
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}
