import { dialogPackage } from './dialog-package.js'
import type { EventPackage } from './event-package.js'
import { listPackage } from './list-package.js'
import { summaryPackage } from './summary-package.js'

/** Every package, by the name its subscriptions are kept under. */
export const EVENT_PACKAGES = {
  'message-summary': summaryPackage,
  'message-summary-list': listPackage,
  dialog: dialogPackage,
} as const satisfies Readonly<Record<string, EventPackage>>

/** Name of one of {@link EVENT_PACKAGES}. */
export type EventPackageName = keyof typeof EVENT_PACKAGES

/** What Allow-Events says. */
export const ALLOWED_EVENTS = [...new Set(Object.values(EVENT_PACKAGES).map(({ event }) => event))].join(', ')
