import type { MailboxId, TenantId } from './ids.js'

/** What kind of peer a gateway leads to; it decides how a request looks and what is asked for by default. */
export type GatewayProfile = 'exchange' | 'asterisk' | 'generic'

/** How a gateway is told: SIP NOTIFY out of dialog, SIP PUBLISH, or Asterisk's REST interface. */
export type GatewayMethod = 'notify' | 'publish' | 'ari'

/** How a target is reached. For `ari`, `tcp` is HTTP and `tls` HTTPS. */
export type GatewayTransport = 'udp' | 'tcp' | 'tls'

/** A host that can be told for the whole gateway; targets are tried in their order. */
export type GatewayTarget = {
  readonly host: string
  readonly port: number
  readonly transport: GatewayTransport
  /** Whether its certificate must be valid; only for `tls`. */
  readonly tlsVerify: boolean
  /** Name its certificate must have, where that is not the host. */
  readonly serverName: string | null
}

/** Methods each profile knows, its usual one first (asterisk.md 3, 3b, 4). */
export const GATEWAY_METHODS: Readonly<Record<GatewayProfile, readonly [GatewayMethod, ...GatewayMethod[]]>> = {
  exchange: ['notify'],
  asterisk: ['notify', 'publish', 'ari'],
  generic: ['notify', 'publish'],
}

/** A PBX, media gateway or presence server that puts lamps on for a tenant (sip.md 1.6, 2.2). */
export type Gateway = {
  readonly uuid: string
  readonly tenantId: TenantId
  readonly name: string
  readonly profile: GatewayProfile
  readonly method: GatewayMethod
  readonly targets: readonly GatewayTarget[]
  readonly username: string | null
  /** Whether a secret is kept; it cannot be read back. */
  readonly hasSecret: boolean
  /** Whom a request is about: Request-URI and To. */
  readonly addressTemplate: string
  /** Who it comes from. */
  readonly fromTemplate: string
  /** What Asterisk calls the mailbox, for `ari` and Asterisk's PUBLISH. */
  readonly mailboxTemplate: string
  /** Path the mailboxes of ARI lie under. */
  readonly ariPath: string
  /** Names of the contexts whose mailboxes it serves; null: all of the tenant. */
  readonly contexts: readonly string[] | null
  /** The gateway's switch: off, and everything behind it goes dark (Exchange's MessageWaitingIndicatorAllowed). */
  readonly mwiEnabled: boolean
  /** How long one delivery is tried before it counts as failed. */
  readonly retryForSec: number
  /** Every mailbox is told again at least this often. */
  readonly reassertEverySec: number
  /** How often its targets are asked whether they are there; 0 never. */
  readonly pingEverySec: number
  /** What it is told at most. */
  readonly maxPerSec: number
}

/** What a client may set of a gateway. */
export type GatewayFields = Omit<Gateway, 'uuid' | 'tenantId' | 'hasSecret'>

/** A mailbox that a gateway knows under another address than its template makes. */
export type GatewayAddress = { readonly mailboxId: MailboxId; readonly addressTemplate: string }

/** What a template may name. `{target}`: host and port that are being told; `{service}`: our own. */
export type TemplateValues = Readonly<Record<'number' | 'context' | 'id' | 'target' | 'service', string>>

/** The templates a profile uses where the gateway gives none. Asterisk finds the endpoint by the user of From. */
export function defaultTemplates(
  profile: GatewayProfile,
  method: GatewayMethod,
): Pick<Gateway, 'addressTemplate' | 'fromTemplate' | 'mailboxTemplate'> {
  const asterisk = profile === 'asterisk'
  const resource = asterisk && method === 'publish' ? 'lamplighter' : '{number}'
  return {
    addressTemplate: `sip:${resource}@{target}`,
    fromTemplate: asterisk && method === 'notify' ? 'sip:{number}@{service}' : 'sip:voicemail@{service}',
    mailboxTemplate: '{number}@{context}',
  }
}

const PLACEHOLDER = /\{([^{}]*)\}/g
const NAMES: ReadonlySet<string> = new Set(['number', 'context', 'id', 'target', 'service'])
const SAMPLE: TemplateValues = { number: '1', context: 'c', id: '1', target: '[::1]:5060', service: '192.0.2.1:5060' }

/** A placeholder the template names that there is not, or a brace without its other one; undefined when all is well. */
export function unknownPlaceholder(template: string): string | undefined {
  for (const [whole, name] of template.matchAll(PLACEHOLDER)) if (!NAMES.has(name ?? '')) return whole
  return template.replace(PLACEHOLDER, '').match(/[{}]/)?.[0]
}

/** Puts the values in. What could end a URI's user part is escaped; targets and our own address are well-formed. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => {
    if (!NAMES.has(name)) return whole
    const value = values[name as keyof TemplateValues]
    return name === 'target' || name === 'service' ? value : encodeURIComponent(value)
  })
}

/** A template filled with values nobody has, to see whether it makes what it must make. */
export function sampleOf(template: string): string {
  return fillTemplate(template, SAMPLE)
}
