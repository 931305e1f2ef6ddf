import { randomUUID } from 'node:crypto'
import { hashConsumerPassword, newConsumerPassword, type SecretBox } from '@lamplighter/access'
import {
  draft,
  type MwiSourceCreate,
  type MwiSourceUpdate,
  mwiSourceCreated,
  mwiSourceDeleted,
  mwiSourceEdited,
} from '@lamplighter/contracts'
import {
  always,
  type Created,
  type ExternalSource,
  InvalidInputError,
  type MwiSourceId,
  NotFoundError,
  type Precondition,
  type RepeatKey,
  RuleError,
  type TenantId,
} from '@lamplighter/domain'
import { computeHa1 } from '@lamplighter/sip'
import type {
  ConfigurationChange,
  MwiSource,
  MwiSourceFields,
  MwiSourceSecrets,
  Store,
  TenantScope,
} from '@lamplighter/store'
import { expandAddress, mergedSource, NEW_SOURCE } from './mwi-source-fields.js'

/** A new source, and its secret when we made it up: it is shown this once. */
export type CreatedMwiSource = { readonly source: MwiSource; readonly generatedSecret: string | undefined }

const NO_SECRETS: MwiSourceSecrets = { secretHash: null, ha1Md5: null, ha1Sha256: null, sealedSecret: null }

/** Creates, reads, changes and deletes the sources of counts of external mailboxes. */
export class MwiSourceService {
  readonly #store: Store
  readonly #realm: string
  readonly #box: SecretBox

  /** @param realm of digest accounts */
  constructor(store: Store, realm: string, box: SecretBox) {
    this.#store = store
    this.#realm = realm
    this.#box = box
  }

  /** A page of the sources in scope. */
  list(
    scope: TenantScope,
    page: { limit: number | undefined; offset: number },
  ): Promise<{ items: MwiSource[]; total: number }> {
    return this.#store.configuration(scope).mwiSources.list(page)
  }

  /** @throws NotFoundError */
  async get(scope: TenantScope, uuid: MwiSourceId): Promise<MwiSource> {
    const source = await this.#store.configuration(scope).mwiSources.find(uuid)
    if (!source) throw noSuchSource(uuid)
    return source
  }

  /** @throws InvalidInputError for what its kind needs or is not there, RuleError when a name or mailbox is taken */
  async create(scope: TenantScope, given: MwiSourceCreate, repeat?: RepeatKey): Promise<Created<CreatedMwiSource>> {
    const kind = given.kind as ExternalSource
    const input = expandAddress(kind, given)
    const fields = mergedSource(kind, { ...NEW_SOURCE, name: given.name }, input)
    if (kind === 'ari' && input.secret) throw madeHere()
    const makes = kind === 'ari' || (kind === 'notify' && fields.username !== null && !input.secret)
    const generatedSecret = makes ? newConsumerPassword() : undefined
    const uuid = randomUUID() as MwiSourceId
    const secrets = this.#secrets(kind, uuid, fields, generatedSecret ?? input.secret ?? null)
    const { value: source, replayed } = await this.#store.createOnce(scope, repeat, async (change) => {
      await refuseForeign(change, scope.tenantId, kind, fields)
      const source = await change.mwiSources.create(uuid, scope.tenantId, kind, fields, secrets)
      change.outbox.add([draft(mwiSourceCreated, { tenant: scope.tenantId }, { source_uuid: uuid })])
      return source
    })
    // It is kept nowhere, so that a repeated request cannot be told it again.
    return { value: { source, generatedSecret: replayed ? undefined : generatedSecret }, replayed }
  }

  /** Changes what `given` names; a subscription begins anew in any case. @throws NotFoundError, InvalidInputError, RuleError */
  async update(
    scope: TenantScope,
    uuid: MwiSourceId,
    given: () => MwiSourceUpdate,
    precondition: Precondition = always,
  ): Promise<void> {
    await this.get(scope, uuid)
    const asked = given()
    await this.#store.changeConfiguration(scope, async (change) => {
      const source = await lockSource(change, uuid)
      precondition(stateOf(source))
      const input = expandAddress(source.kind, asked)
      const fields = mergedSource(source.kind, source, input)
      await refuseForeign(change, source.tenantId, source.kind, fields)
      const secrets = this.#changedSecrets(source, fields, input.secret)
      await change.mwiSources.update(uuid, fields, secrets)
      change.outbox.add([draft(mwiSourceEdited, { tenant: source.tenantId }, { source_uuid: uuid })])
    })
  }

  /** Deletes a source; its mailboxes keep their last counts. @throws NotFoundError */
  async delete(scope: TenantScope, uuid: MwiSourceId, precondition: Precondition = always): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const source = await lockSource(change, uuid)
      precondition(stateOf(source))
      await change.mwiSources.delete(uuid)
      change.outbox.add([draft(mwiSourceDeleted, { tenant: source.tenantId }, { source_uuid: uuid })])
    })
  }

  #changedSecrets(
    source: MwiSource,
    fields: MwiSourceFields,
    secret: string | null | undefined,
  ): MwiSourceSecrets | undefined {
    const { kind, uuid, username } = source
    if (kind === 'ari' && secret) throw madeHere()
    if (kind === 'notify' && fields.username === null) return NO_SECRETS
    // The stored hash contains the username, and the secret cannot be had back from it.
    if (kind === 'notify' && fields.username !== username && !secret) {
      throw InvalidInputError.of('secret', 'required', 'is required when username changes')
    }
    if (kind === 'notify' && secret === null) throw InvalidInputError.of('secret', 'not_null', 'must not be null')
    return secret === undefined || kind === 'ari' ? undefined : this.#secrets(kind, uuid, fields, secret)
  }

  #secrets(
    kind: ExternalSource,
    uuid: MwiSourceId,
    { username }: MwiSourceFields,
    secret: string | null,
  ): MwiSourceSecrets {
    if (secret === null) return NO_SECRETS
    switch (kind) {
      case 'ari':
        return { ...NO_SECRETS, secretHash: hashConsumerPassword(secret) }
      case 'notify':
        if (username === null) return NO_SECRETS
        return {
          ...NO_SECRETS,
          ha1Md5: computeHa1('MD5', username, this.#realm, secret),
          ha1Sha256: computeHa1('SHA-256', username, this.#realm, secret),
        }
      case 'subscribe':
        return { ...NO_SECRETS, sealedSecret: this.#box.seal(secret, uuid) }
    }
  }
}

/** What of a source is configuration: how it stands changes by itself, and is no reason to refuse a change. */
export function stateOf({ status: _status, ...configured }: MwiSource): object {
  return configured
}

/** A secret of an ARI account is random bits of ours: it is kept by a fast hash. */
function madeHere(): InvalidInputError {
  return InvalidInputError.of('secret', 'unknown', 'the secret of an ARI account is generated')
}

async function refuseForeign(
  change: ConfigurationChange,
  tenantId: TenantId,
  kind: ExternalSource,
  { mailboxId, context }: MwiSourceFields,
): Promise<void> {
  if (context !== null && (await change.contexts.findByName(context))?.tenantId !== tenantId) {
    throw InvalidInputError.of('context', 'reference', 'Context was not found')
  }
  if (mailboxId === null) return
  const mailbox = await change.mailboxes.find(mailboxId)
  if (mailbox?.tenantId !== tenantId) throw InvalidInputError.of('voicemail_id', 'reference', 'Voicemail was not found')
  if (mailbox.external?.source !== kind) {
    const details = { voicemail_id: mailboxId, source: mailbox.external?.source ?? null }
    throw new RuleError('voicemail-not-external', 'the mailbox was not made for this kind of source', details)
  }
}

async function lockSource(change: ConfigurationChange, uuid: MwiSourceId): Promise<MwiSource> {
  await change.locks.mwiSource(uuid)
  const source = await change.mwiSources.find(uuid)
  if (!source) throw noSuchSource(uuid)
  return source
}

function noSuchSource(uuid: MwiSourceId): NotFoundError {
  return new NotFoundError('no-such-mwi-source', 'there is no such source', { uuid })
}
