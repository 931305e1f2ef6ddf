import { escapeXml } from './xml.js'

/** Option tag of list subscriptions (RFC 4662 5.1). */
export const EVENT_LIST = 'eventlist'
/** Type of the part that says what the list is made of. */
export const RLMI_TYPE = 'application/rlmi+xml'
/** Type of the whole body. */
export const MULTIPART_RELATED_TYPE = 'multipart/related'

/** No line of a part begins like this: parts hold XML and lines of known names. */
const BOUNDARY = 'lamplighter-list-part'

/** One mailbox of a list, or whatever else is watched. */
export type ListItem = {
  /** Its own address; items of one address are instances of one resource. */
  readonly uri: string
  /** Names the item within its resource: the same in every version. */
  readonly id: string
  readonly body: string
}

/** The Content-Type of a list's bodies. */
export function resourceListType(host: string): string {
  return `${MULTIPART_RELATED_TYPE};type="${RLMI_TYPE}";start="<list@${host}>";boundary="${BOUNDARY}"`
}

/**
 * The body of a list notification, always full state: what is not in it is no longer in the list (RFC 4662 5.2, 5.4).
 *
 * @param uri what was subscribed to
 * @param host right side of the Content-IDs
 * @param itemType type of the items' bodies
 * @param version rises with every document of a subscription
 */
export function formatResourceList(
  { uri, host, itemType, items }: { uri: string; host: string; itemType: string; items: readonly ListItem[] },
  version: number,
): string {
  const parts = items.map((item) => part(itemType, contentId(item, host), item.body))
  return [part(`${RLMI_TYPE};charset="UTF-8"`, `list@${host}`, formatRlmi(uri, host, items, version)), ...parts]
    .concat(`--${BOUNDARY}--\r\n`)
    .join('')
}

function formatRlmi(uri: string, host: string, items: readonly ListItem[], version: number): string {
  const uris = [...new Set(items.map((item) => item.uri))]
  const resources = uris.flatMap((one) => [
    `<resource uri="${escapeXml(one)}">`,
    ...items.filter((item) => item.uri === one).map((item) => formatInstance(item, host)),
    '</resource>',
  ])
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="${escapeXml(uri)}" version="${version}" fullState="true">`,
    ...resources,
    '</list>',
    '',
  ].join('\r\n')
}

function formatInstance(item: ListItem, host: string): string {
  return `<instance id="${escapeXml(item.id)}" state="active" cid="${escapeXml(contentId(item, host))}"/>`
}

function contentId({ id }: ListItem, host: string): string {
  return `${id}@${host}`
}

function part(type: string, id: string, body: string): string {
  return [
    `--${BOUNDARY}`,
    'Content-Transfer-Encoding: binary',
    `Content-ID: <${id}>`,
    `Content-Type: ${type}`,
    '',
    body,
    '',
  ].join('\r\n')
}
