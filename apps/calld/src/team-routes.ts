import {
  claimOwnMessage,
  claimVoicemailMessage,
  forwardOwnMessage,
  forwardVoicemailMessage,
  type RouteContract,
  releaseOwnClaim,
  releaseVoicemailClaim,
  setOwnMessageFlags,
  setOwnMessageStatus,
  setVoicemailMessageFlags,
  setVoicemailMessageStatus,
  toClaimView,
  toMessageView,
} from '@lamplighter/contracts'
import { type Answer, type Call, type Implementation, implement } from '@lamplighter/http'
import { onlyTenant, type TenantScope, tenantSubtree } from '@lamplighter/store'
import type { ForwardService } from './forward-service.js'
import { mailboxIdOf, messageIdOf } from './ids.js'
import type { MessageCall, TeamService } from './team-service.js'

/** What a team does with messages, by both ways to them. */
export function teamRoutes(team: TeamService, forwards: ForwardService): Implementation[] {
  return [
    ...bothWays([claimVoicemailMessage, claimOwnMessage], async (call, at) => {
      // A claim is somebody's: a token without a user cannot make one.
      const message = { ...at, userId: call.userId }
      return { body: toClaimView(await team.claim(message, call.body().lease_s ?? null)) }
    }),
    ...bothWays([releaseVoicemailClaim, releaseOwnClaim], async (_call, at) => {
      await team.release(at)
      return {}
    }),
    ...bothWays([setVoicemailMessageStatus, setOwnMessageStatus], async (call, at) => ({
      body: toMessageView(await team.setStatus(at, call.body())),
    })),
    ...bothWays([setVoicemailMessageFlags, setOwnMessageFlags], async (call, at) => ({
      body: toMessageView(await team.setFlags(at, call.body())),
    })),
    ...bothWays([forwardVoicemailMessage, forwardOwnMessage], async (call, at) => {
      const { value: items, replayed } = await forwards.forward(at, call.body(), call.repeatKey())
      return { headers: replayed ? { 'idempotency-replayed': 'true' } : {}, body: { total: items.length, items } }
    }),
  ]
}

/** Implements an operation for a message of a mailbox, and for one of those the calling user reaches. */
function bothWays<Route extends RouteContract>(
  [byMailbox, own]: readonly [Route, Route],
  handle: (call: Call<Route>, message: MessageCall) => Promise<Answer>,
): Implementation[] {
  return [
    implement(byMailbox, (call) => {
      const reach = { mailboxId: mailboxIdOf(call) }
      return handle(call, messageCall(call, tenantSubtree(call.tenantId), reach))
    }),
    implement(own, (call) => handle(call, messageCall(call, onlyTenant(call.tenantId), { userId: call.userId }))),
  ]
}

function messageCall(
  call: Pick<Call, 'actor' | 'caller' | 'param'>,
  scope: TenantScope,
  reach: MessageCall['reach'],
): MessageCall {
  return { scope, reach, messageId: messageIdOf(call), actor: call.actor, userId: call.caller.principal.userId }
}
