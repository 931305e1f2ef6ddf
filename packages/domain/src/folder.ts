/** Folder ids are fixed and the same in every mailbox (rest.md 3.2). */
export type FolderId = 1 | 2 | 3 | 4 | 5 | 6
/** What a client switches on; several folders share the type `other`. */
export type FolderType = 'new' | 'old' | 'urgent' | 'other'
/** One of the six folders of every mailbox. */
export type Folder = { readonly id: FolderId; readonly name: string; readonly type: FolderType }

/** All folders in the order in which every view lists them. */
export const FOLDERS: readonly Folder[] = [
  { id: 1, name: 'inbox', type: 'new' },
  { id: 2, name: 'old', type: 'old' },
  { id: 3, name: 'urgent', type: 'urgent' },
  { id: 4, name: 'work', type: 'other' },
  { id: 5, name: 'family', type: 'other' },
  { id: 6, name: 'friends', type: 'other' },
]

/** Where new messages land. */
export const INBOX: FolderId = 1
/** Where messages go that were read. */
export const OLD: FolderId = 2
/** Where new messages land when left as urgent. */
export const URGENT: FolderId = 3

/** The folder with this id, if there is one. */
export function findFolder(id: number): Folder | undefined {
  return FOLDERS.find((folder) => folder.id === id)
}

/** A message is unread exactly while it lies in the inbox or the urgent folder. */
export function isUnreadFolder(id: FolderId): boolean {
  return id === INBOX || id === URGENT
}

/**
 * Whether a message counts as urgent after a move. The urgent folder marks it, the inbox unmarks it, every other
 * folder leaves it as it was, so that a read urgent message still shows among the old urgent ones of RFC 3842.
 */
export function urgentAfterMove(wasUrgent: boolean, target: FolderId): boolean {
  if (target === URGENT) return true
  if (target === INBOX) return false
  return wasUrgent
}
