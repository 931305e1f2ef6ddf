import { isIP } from 'node:net'
import type { MwiSourceUpdate } from '@lamplighter/contracts'
import { type ExternalSource, InvalidInputError, type MailboxId } from '@lamplighter/domain'
import type { DigestAlgorithm, MwiSourceFields, SourceMapping } from '@lamplighter/store'
import { parseMwiAddress } from './mwi-address.js'

/** What a new source has where nothing is said. */
export const NEW_SOURCE: Omit<MwiSourceFields, 'name'> = {
  enabled: true,
  username: null,
  digestAlgorithm: 'MD5',
  mailboxId: null,
  context: null,
  mapping: 'voicemail',
  addresses: [],
  staleAfterSec: null,
  targets: [],
  remoteMailbox: null,
  authUsername: null,
  expirySec: 3600,
}

/** The input with what its one-line address says in the fields that it stands for. @throws InvalidInputError */
export function expandAddress<Input extends MwiSourceUpdate>(kind: ExternalSource, { address, ...input }: Input) {
  if (address === undefined) return input
  const parsed = kind === 'subscribe' ? parseMwiAddress(address) : undefined
  if (!parsed) throw InvalidInputError.of('address', 'regex', 'is not user[:secret[:authuser]]@host[:port]/mailbox')
  const { username, secret, authUsername, target, remoteMailbox } = parsed
  return {
    ...input,
    username,
    ...(secret === null ? {} : { secret }),
    auth_username: authUsername,
    targets: [target],
    remote_voicemail: remoteMailbox,
  }
}

/** A source's fields after an input; absent keys keep their value. @throws InvalidInputError when its kind needs others */
export function mergedSource(
  kind: ExternalSource,
  base: MwiSourceFields,
  input: Omit<MwiSourceUpdate, 'address'>,
): MwiSourceFields {
  const fields: MwiSourceFields = {
    name: input.name ?? base.name,
    enabled: input.enabled ?? base.enabled,
    username: kept(input.username, base.username),
    digestAlgorithm: (input.digest_algorithm as DigestAlgorithm | undefined) ?? base.digestAlgorithm,
    mailboxId: kept(input.voicemail_id as MailboxId | null | undefined, base.mailboxId),
    context: kept(input.context, base.context),
    mapping: (input.mapping as SourceMapping | undefined) ?? base.mapping,
    addresses: input.addresses ?? base.addresses,
    staleAfterSec: kept(input.stale_after_s, base.staleAfterSec),
    targets:
      input.targets?.map(({ host, port, transport }) => ({ host, port: port ?? null, transport: transport ?? null })) ??
      base.targets,
    remoteMailbox: kept(input.remote_voicemail, base.remoteMailbox),
    authUsername: kept(input.auth_username, base.authUsername),
    expirySec: input.expires_s ?? base.expirySec,
  }
  CHECKS[kind](fields)
  return fields
}

function kept<T>(asked: T | null | undefined, current: T | null): T | null {
  return asked === undefined ? current : asked
}

const CHECKS: Readonly<Record<ExternalSource, (fields: MwiSourceFields) => void>> = {
  ari: ({ username, mailboxId }) => {
    if (username === null) throw required('username')
    if (mailboxId !== null)
      throw InvalidInputError.of('voicemail_id', 'unknown', 'an ARI account names its mailboxes itself')
  },
  notify: ({ username, addresses, mapping, mailboxId, context }) => {
    if (username === null && addresses.length === 0) throw required('username')
    const bad = addresses.find((one) => !isNetwork(one))
    if (bad !== undefined)
      throw InvalidInputError.of('addresses', 'regex', `${bad} is neither an address nor a network`)
    if (mapping === 'voicemail' && mailboxId === null) throw required('voicemail_id')
    if (mapping !== 'voicemail' && context === null) throw required('context')
    if (mapping !== 'voicemail' && mailboxId !== null) {
      throw InvalidInputError.of('voicemail_id', 'unknown', 'goes with the mapping voicemail only')
    }
  },
  subscribe: ({ targets, remoteMailbox, mailboxId }) => {
    if (targets.length === 0) throw required('targets')
    if (remoteMailbox === null) throw required('remote_voicemail')
    if (mailboxId === null) throw required('voicemail_id')
  },
}

function required(field: string): InvalidInputError {
  return InvalidInputError.of(field, 'required', 'is required for this kind of source')
}

/** `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`: as PostgreSQL's inet takes them. */
function isNetwork(text: string): boolean {
  const [address = '', width, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return false
  return width === undefined || (/^\d{1,3}$/.test(width) && Number(width) <= (version === 4 ? 32 : 128))
}
