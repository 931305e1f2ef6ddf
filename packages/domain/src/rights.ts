/**
 * What somebody may do with a mailbox: hear and see its messages, move and mark them, delete them, record its greetings,
 * and delete for good what lies in its trash.
 */
export type Right = 'listen' | 'manage' | 'delete' | 'greet' | 'purge'

/** A set of rights as the store keeps it: one bit each. */
export type Rights = number

const BITS: Readonly<Record<Right, number>> = { listen: 1, manage: 2, delete: 4, greet: 8, purge: 16 }

/** Every right, in the order in which answers list them. */
export const RIGHTS: readonly Right[] = ['listen', 'manage', 'delete', 'greet', 'purge']

/** Of a personal mailbox, its users have all rights. */
export const OWNER_RIGHTS: Rights = toRights(RIGHTS)

/** Of a global mailbox, everyone in the tenant has all rights but the one to purge (rest.md 3.6). */
export const GLOBAL_RIGHTS: Rights = toRights(['listen', 'manage', 'delete', 'greet'])

/** The set of these rights. */
export function toRights(names: Iterable<Right>): Rights {
  let rights = 0
  for (const name of names) rights |= BITS[name]
  return rights
}

/** The rights of a set. */
export function rightNames(rights: Rights): Right[] {
  return RIGHTS.filter((name) => hasRight(rights, name))
}

/** Whether a set holds a right. */
export function hasRight(rights: Rights, right: Right): boolean {
  return (rights & BITS[right]) !== 0
}
