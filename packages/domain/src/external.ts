/** How the counts of a mailbox that lies elsewhere come to us: the ARI, a peer's NOTIFY, or our own subscription. */
export const EXTERNAL_SOURCES = ['ari', 'notify', 'subscribe'] as const
/** One of {@link EXTERNAL_SOURCES}. It is the mailbox's for good: only this feed may set its counts. */
export type ExternalSource = (typeof EXTERNAL_SOURCES)[number]

/** What is known of the feed of an external mailbox. */
export type External = {
  readonly source: ExternalSource
  /** When the source last said how much waits, changed or not; null before the first time. */
  readonly lastHeardAt: Date | null
  /** From then on, unless heard of again, the counts are old; null: never. */
  readonly staleAt: Date | null
}

/** Whether the counts are older than their source promised: they are kept and shown, never guessed anew. */
export function isStale({ staleAt }: External, now: Date): boolean {
  return staleAt !== null && staleAt <= now
}
