import { deleteAriMailbox, getAriMailbox, listAriMailboxes, updateAriMailbox } from '@lamplighter/contracts'
import { InvalidInputError } from '@lamplighter/domain'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import type { AriCaller, AriMailbox, AriService } from './ari-service.js'

/** The mailboxes of the Asterisk REST interface, as far as counts go. */
export function ariRoutes(ari: AriService): Implementation[] {
  return [
    implement(listAriMailboxes, async (call) => ({ body: (await ari.list(callerOf(call))).map(toView) })),
    implement(getAriMailbox, async (call) => ({ body: toView(await ari.get(callerOf(call), nameIn(call))) })),
    implement(updateAriMailbox, async (call) => {
      const given = { ...call.query(), ...call.body() }
      await ari.put(callerOf(call), nameIn(call), {
        new: needed(given, 'newMessages'),
        old: needed(given, 'oldMessages'),
      })
      return {}
    }),
    implement(deleteAriMailbox, async (call) => {
      await ari.delete(callerOf(call), nameIn(call))
      return {}
    }),
  ]
}

function callerOf(call: Pick<Call, 'caller' | 'tenantId' | 'actor'>): AriCaller {
  return { tenantId: call.tenantId, account: call.caller.account ?? null, actor: call.actor }
}

function nameIn(call: Pick<Call, 'param'>): string {
  return call.param('mailboxName')
}

/** Asterisk takes what is absent for 0, and puts lamps out by a typing error. @throws InvalidInputError */
function needed(given: Readonly<Record<string, number | undefined>>, name: string): number {
  const count = given[name]
  if (count === undefined) throw InvalidInputError.of(name, 'required', 'is required')
  return count
}

function toView({ name, counts }: AriMailbox) {
  return { name, old_messages: counts.old, new_messages: counts.new }
}
