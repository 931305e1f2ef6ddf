import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { GatewayInput } from '@lamplighter/contracts'
import {
  defaultTemplates,
  GATEWAY_METHODS,
  type Gateway,
  type GatewayFields,
  type GatewayMethod,
  type GatewayProfile,
  type GatewayTarget,
  type GatewayTransport,
  InvalidInputError,
  sampleOf,
  unknownPlaceholder,
} from '@lamplighter/domain'
import { parseUri } from '@lamplighter/sip'

/** What a POST leaves out (sip.md 1.6, 5.2). */
const DEFAULTS = {
  username: null,
  ariPath: '/ari',
  contexts: null,
  mwiEnabled: true,
  retryForSec: 300,
  reassertEverySec: 12 * 3600,
  pingEverySec: 30,
  maxPerSec: 50,
} as const

/** A new gateway's fields. @throws InvalidInputError for what contradicts itself or could never be sent */
export function fieldsOfNewGateway(input: GatewayInput & { readonly name: string }): GatewayFields {
  const { name } = input
  const profile = (input.profile ?? 'generic') as GatewayProfile
  const method = (input.method ?? GATEWAY_METHODS[profile][0]) as GatewayMethod
  const base = { ...DEFAULTS, name, profile, method, targets: [], ...defaultTemplates(profile, method) }
  return fieldsOfGateway(base, input)
}

/** A gateway's fields after a change; absent keys keep their value. @throws InvalidInputError as above */
export function fieldsOfGateway(base: GatewayFields, input: GatewayInput): GatewayFields {
  const profile = (input.profile as GatewayProfile | undefined) ?? base.profile
  const method = (input.method as GatewayMethod | undefined) ?? base.method
  return checked({
    name: input.name ?? base.name,
    profile,
    method,
    targets: input.targets?.map((target) => toTarget(target, method)) ?? base.targets,
    username: input.username === undefined ? base.username : input.username,
    addressTemplate: input.address_template ?? base.addressTemplate,
    fromTemplate: input.from_template ?? base.fromTemplate,
    mailboxTemplate: input.mailbox_template ?? base.mailboxTemplate,
    ariPath: input.ari_path ?? base.ariPath,
    contexts: input.contexts === undefined ? base.contexts : input.contexts && [...new Set(input.contexts)].sort(),
    mwiEnabled: input.mwi_enabled ?? base.mwiEnabled,
    retryForSec: input.retry_for_s ?? base.retryForSec,
    reassertEverySec: input.reassert_every_s ?? base.reassertEverySec,
    pingEverySec: input.ping_every_s ?? base.pingEverySec,
    maxPerSec: input.max_per_s ?? base.maxPerSec,
  })
}

/** Whether nothing of these fields changed. */
export function sameGatewayFields(gateway: Gateway, fields: GatewayFields): boolean {
  // Not as text: the database has an order of keys of its own.
  return (Object.keys(fields) as (keyof GatewayFields)[]).every((key) => isDeepStrictEqual(gateway[key], fields[key]))
}

const PORTS: Readonly<Record<GatewayTransport, number>> = { udp: 5060, tcp: 5060, tls: 5061 }
const ARI_PORTS: Readonly<Record<GatewayTransport, number>> = { udp: 8088, tcp: 8088, tls: 8089 }

function toTarget(input: NonNullable<GatewayInput['targets']>[number], method: GatewayMethod): GatewayTarget {
  const { host, port, transport = 'tcp', tls_verify: tlsVerify = true, server_name: serverName = null } = input
  const kind = transport as GatewayTransport
  return {
    host: host.toLowerCase(),
    port: port ?? (method === 'ari' ? ARI_PORTS : PORTS)[kind],
    transport: kind,
    tlsVerify,
    serverName,
  }
}

function checked(fields: GatewayFields): GatewayFields {
  const { profile, method, targets } = fields
  const methods: readonly GatewayMethod[] = GATEWAY_METHODS[profile]
  if (!methods.includes(method)) {
    throw InvalidInputError.of('method', 'enum', `a gateway of profile ${profile} is told by ${methods.join(', ')}`)
  }
  for (const { host, transport } of targets) {
    if (host.includes(':') && isIP(host) !== 6) throw InvalidInputError.of('targets', 'host', `not a host: ${host}`)
    if (method === 'ari' && transport === 'udp') {
      throw InvalidInputError.of('targets', 'transport', 'ARI goes over tcp or tls')
    }
  }
  checkAddressTemplate(fields.addressTemplate)
  checkTemplate('from_template', fields.fromTemplate, isSipUri)
  checkTemplate('mailbox_template', fields.mailboxTemplate, () => true)
  return fields
}

/** @throws InvalidInputError for a template that makes no SIP URI */
export function checkAddressTemplate(template: string): void {
  checkTemplate('address_template', template, isSipUri)
}

function checkTemplate(field: string, template: string, fits: (text: string) => boolean): void {
  const unknown = unknownPlaceholder(template)
  if (unknown !== undefined) throw InvalidInputError.of(field, 'placeholder', `there is no placeholder ${unknown}`)
  if (!fits(sampleOf(template))) throw InvalidInputError.of(field, 'uri', 'does not make a SIP URI')
}

/** A URI that may stand in a request line and between angle brackets; its header part could steer our request. */
function isSipUri(text: string): boolean {
  return parseUri(text)?.hasHeaders === false && !/[<>"\s]/.test(text)
}
