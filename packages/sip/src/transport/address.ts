import { isIPv4, isIPv6 } from 'node:net'

const MAPPED = '::ffff:'

/** The IPv4 address behind a mapped one (RFC 4291 2.5.5.2); any other as it is. */
export function unmapped(address: string): string {
  return address.startsWith(MAPPED) && isIPv4(address.slice(MAPPED.length)) ? address.slice(MAPPED.length) : address
}

/** An address as a socket bound to `bound` reaches it: an IPv6 socket reaches IPv4 by mapped addresses. */
export function reachableFrom(bound: string, host: string): string {
  return bound.includes(':') && isIPv4(host) ? `${MAPPED}${host}` : host
}

/** What limits count as one peer: an IPv4 address, or the network a site has of IPv6 (its first 64 bits). */
export function limitKey(host: string): string {
  if (!isIPv6(host)) return host
  const [head = '', tail] = host.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const behind = tail === '' ? 0 : tail.split(':').length
    for (let missing = 8 - groups.length - behind; missing > 0; missing--) groups.push('0')
  }
  return groups.slice(0, 4).join(':')
}
