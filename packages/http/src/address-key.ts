import { isIPv6 } from 'node:net'

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i
/** A house has at least a /64 of IPv6, and whoever wants to can speak from all of it. */
const NETWORK_GROUPS = 4
const GROUPS = 8

/** What an address is counted by: itself, or for IPv6 its /64 network. */
export function addressKey(address: string): string {
  const mapped = MAPPED.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  return isIPv6(address) ? `${expand(address).slice(0, NETWORK_GROUPS).join(':')}::/64` : address
}

/** The groups of an address, those that `::` stands for included. */
function expand(address: string): string[] {
  const [left = '', right] = address.toLowerCase().split('::')
  const head = left === '' ? [] : left.split(':')
  if (right === undefined) return head
  const tail = right === '' ? [] : right.split(':')
  return [...head, ...Array<string>(Math.max(0, GROUPS - head.length - tail.length)).fill('0'), ...tail]
}
