import { hashSecret, verifySecret } from '@lamplighter/access'
import { PIN_MASK, type VoicemailCreate, type VoicemailUpdate } from '@lamplighter/contracts'
import { type AccessType, type ExternalSource, InvalidInputError, type Mailbox } from '@lamplighter/domain'
import type { KnownPins, MailboxFields } from '@lamplighter/store'

/** What a POST leaves out (rest.md 2.2). */
const DEFAULTS = {
  email: null,
  pager: null,
  language: null,
  timezone: null,
  maxMessages: null,
  attachAudio: null,
  deleteMessages: false,
  askPassword: true,
  enabled: true,
  accesstype: 'personal',
  options: [],
  mwiPolicyUuid: null,
} as const

/** A mailbox's fields as a creation asks for them. @throws InvalidInputError when they contradict each other */
export async function fieldsOfCreation(input: VoicemailCreate): Promise<MailboxFields> {
  const { name, number, context } = input
  if (input.password === PIN_MASK) throw InvalidInputError.of('password', 'regex', 'does not match')
  const pin = await pinChange(input.password)
  return checked(merged({ ...DEFAULTS, name, number, context }, input, pin))
}

/** The feed a new mailbox shall have; null makes it our own. */
export function sourceOf({ external }: VoicemailCreate): ExternalSource | null {
  return (external?.source as ExternalSource | undefined) ?? null
}

/**
 * A mailbox's fields after an update; absent keys keep their value. `pin` is what {@link pinChange} made of the input.
 *
 * @throws InvalidInputError as {@link fieldsOfCreation}
 */
export function fieldsOfUpdate(current: Mailbox, input: VoicemailUpdate, pin: PinChange): MailboxFields {
  const { id: _id, tenantId: _tenant, hasPin: _pin, users: _users, external: _external, ...fields } = current
  // Taking away a PIN that is not set changes nothing.
  const change = pin?.hash === null && !current.hasPin ? undefined : pin
  return checked(merged(fields, input, change))
}

function merged(
  base: Omit<MailboxFields, 'pinHash' | 'pinReused'>,
  input: VoicemailUpdate,
  pin: PinChange,
): MailboxFields {
  return {
    name: input.name ?? base.name,
    number: input.number ?? base.number,
    context: input.context ?? base.context,
    email: kept(input.email, base.email),
    pager: kept(input.pager, base.pager),
    language: kept(input.language, base.language),
    timezone: kept(input.timezone, base.timezone),
    maxMessages: kept(input.max_messages, base.maxMessages),
    attachAudio: kept(input.attach_audio, base.attachAudio),
    deleteMessages: input.delete_messages ?? base.deleteMessages,
    askPassword: input.ask_password ?? base.askPassword,
    enabled: input.enabled ?? base.enabled,
    accesstype: (input.accesstype as AccessType | undefined) ?? base.accesstype,
    mwiPolicyUuid: kept(input.mwi_policy_uuid?.toLowerCase() ?? input.mwi_policy_uuid, base.mwiPolicyUuid),
    options: (input.options as MailboxFields['options'] | undefined) ?? base.options,
    ...(pin === undefined ? {} : { pinHash: pin.hash, pinReused: pin.reused }),
  }
}

/** Absent keeps, null is a value. */
function kept<T>(asked: T | null | undefined, current: T | null): T | null {
  return asked === undefined ? current : asked
}

/** A new PIN, hashed; a null hash takes it away, undefined leaves it. */
export type PinChange = { readonly hash: string | null; readonly reused: boolean } | undefined

/**
 * What a body makes of the PIN. The mask, as a client sends back what it read, changes nothing, nor does the PIN itself.
 * One that was used before is taken, because the contract takes it, and marked: it opens nothing (users.md S2).
 *
 * @param known looks up the PINs of the mailbox; a new one has none
 */
export async function pinChange(
  password: string | null | undefined,
  known: () => Promise<KnownPins> = async () => ({ current: undefined, former: [] }),
): Promise<PinChange> {
  if (password === undefined || password === PIN_MASK) return undefined
  if (password === null) return { hash: null, reused: false }
  const { current, former } = await known()
  if (current !== undefined && (await verifySecret(current, password))) return undefined
  const matches = await Promise.all(former.map((hash) => verifySecret(hash, password)))
  return { hash: await hashSecret(password), reused: matches.includes(true) }
}

/** Rule R1, on the merged state: mailing a message away and deleting it needs an address and the audio. */
function checked(fields: MailboxFields): MailboxFields {
  if (fields.deleteMessages && !(fields.email && fields.attachAudio)) {
    throw InvalidInputError.of('_schema', 'rule', 'delete_messages needs an email and attach_audio')
  }
  return fields
}

/** Names, as clients know them, of what an update changes; never the values, of which one is a PIN. */
export function changedFields(current: Mailbox, fields: MailboxFields): string[] {
  const { pinHash, pinReused: _reused, options, ...rest } = fields
  const scalars = Object.entries(rest).filter(([key, value]) => current[key as keyof typeof rest] !== value)
  return [
    ...scalars.map(([key]) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    ...(JSON.stringify(current.options) === JSON.stringify(options) ? [] : ['options']),
    ...(pinHash === undefined ? [] : ['password']),
  ]
}
