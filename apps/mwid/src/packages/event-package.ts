import type { DeviceForm, WatchedMailbox } from '@lamplighter/store'

/** What a subscription is about, whatever its package. */
export type View = {
  /** How its device wants to be told. */
  readonly form: DeviceForm
  /** The To of its SUBSCRIBE, as it wrote it. */
  readonly localAddress: string
  /** `host:port` of URIs that lead to us. */
  readonly host: string
  /** What its envelope key dials: a number or a SIP URI. */
  readonly account: string
}

/**
 * An event package as the notifier needs it: how a state is written down. Version 0 of a document is also what tells
 * whether two states look the same.
 */
export type EventPackage = {
  /** Name in Event and Allow-Events. */
  readonly event: string
  /** Types that an Accept must name, all of them. */
  readonly types: readonly string[]
  /** Extensions that a peer must support: Require of the 200 and of every NOTIFY. */
  readonly require?: string
  /** Whether it shows each mailbox by itself, so that a sum is never asked of it. */
  readonly each?: boolean
  /** Whether its documents have a version, so that each NOTIFY has one of its own. */
  readonly versioned?: boolean
  contentType(view: View): string
  /** The document that shows these mailboxes; its version rises with every NOTIFY. */
  body(view: View, mailboxes: readonly WatchedMailbox[], version: number): string
}
