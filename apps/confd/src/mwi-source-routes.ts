import {
  createMwiSource,
  deleteMwiSource,
  getMwiSource,
  listMwiSources,
  type MwiSourceView,
  updateMwiSource,
} from '@lamplighter/contracts'
import type { MwiSourceId } from '@lamplighter/domain'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { type MwiSource, onlyTenant, tenantSubtree } from '@lamplighter/store'
import { type MwiSourceService, stateOf } from './mwi-source-service.js'
import { resourceUrl } from './voicemail-view.js'

/** Where counts of external mailboxes come from. */
export function mwiSourceRoutes(sources: MwiSourceService): Implementation[] {
  return [
    implement(listMwiSources, async (call) => {
      const { limit, offset = 0, recurse } = call.query()
      const scope = recurse ? tenantSubtree(call.tenantId) : onlyTenant(call.tenantId)
      const { items, total } = await sources.list(scope, { limit, offset })
      return { body: { total, items: items.map((source) => toView(call, source)) } }
    }),
    implement(createMwiSource, async (call) => {
      const { value, replayed } = await sources.create(onlyTenant(call.tenantId), call.body(), call.repeatKey())
      const { source, generatedSecret } = value
      const secret = generatedSecret === undefined ? {} : { secret: generatedSecret }
      const body = { ...toView(call, source), ...secret }
      return createdAnswer(resourceUrl(call, 'mwi-sources', source.uuid), body, replayed)
    }),
    implement(getMwiSource, async (call) => {
      const source = await sources.get(tenantSubtree(call.tenantId), sourceId(call))
      return call.tagged(stateOf(source), toView(call, source))
    }),
    implement(updateMwiSource, async (call) => {
      call.json()
      const scope = tenantSubtree(call.tenantId)
      await sources.update(scope, sourceId(call), () => call.body(), call.precondition())
      return {}
    }),
    implement(deleteMwiSource, async (call) => {
      await sources.delete(tenantSubtree(call.tenantId), sourceId(call), call.precondition())
      return {}
    }),
  ]
}

function sourceId(call: Pick<Call, 'param'>): MwiSourceId {
  return call.param('uuid').toLowerCase() as MwiSourceId
}

function toView(call: Pick<Call, 'url'>, source: MwiSource): MwiSourceView {
  const { status } = source
  return {
    uuid: source.uuid,
    tenant_uuid: source.tenantId,
    kind: source.kind,
    name: source.name,
    enabled: source.enabled,
    username: source.username,
    digest_algorithm: source.digestAlgorithm,
    voicemail_id: source.mailboxId,
    context: source.context,
    mapping: source.mapping,
    addresses: [...source.addresses],
    stale_after_s: source.staleAfterSec,
    targets: [...source.targets],
    remote_voicemail: source.remoteMailbox,
    auth_username: source.authUsername,
    expires_s: source.expirySec,
    has_secret: source.hasSecret,
    status: {
      state: status.state,
      last_status: status.lastStatus,
      last_reason: status.lastReason,
      last_heard_at: isoOf(status.lastHeardAt),
      expires_at: isoOf(status.expiresAt),
      target: status.target,
    },
    links: [{ rel: 'mwi-sources', href: resourceUrl(call, 'mwi-sources', source.uuid) }],
  }
}

/** What is repeated by an idempotency key comes back as text. */
function isoOf(moment: Date | string | null): string | null {
  return moment === null ? null : new Date(moment).toISOString()
}
