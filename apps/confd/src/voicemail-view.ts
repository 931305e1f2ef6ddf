import { API_BASE, PIN_MASK, toExternalView, type VoicemailView } from '@lamplighter/contracts'
import type { Mailbox, MailboxId } from '@lamplighter/domain'
import type { Call } from '@lamplighter/http'

/** Absolute URL of a resource of confd. */
export function resourceUrl(call: Pick<Call, 'url'>, resource: string, id: string | number): string {
  return call.url(`${API_BASE.confd}/${resource}/${id}`)
}

/** A mailbox's id in the path; the route lets only integers through. */
export function mailboxIdOf(call: Pick<Call, 'param'>, name: string): MailboxId {
  return Number(call.param(name)) as MailboxId
}

/** A mailbox as every answer shows it (rest.md 2.2). */
export function toVoicemailView(call: Pick<Call, 'url'>, mailbox: Mailbox): VoicemailView {
  return {
    id: mailbox.id,
    tenant_uuid: mailbox.tenantId,
    name: mailbox.name,
    number: mailbox.number,
    context: mailbox.context,
    password: mailbox.hasPin ? PIN_MASK : null,
    email: mailbox.email,
    pager: mailbox.pager,
    language: mailbox.language,
    timezone: mailbox.timezone,
    max_messages: mailbox.maxMessages,
    attach_audio: mailbox.attachAudio,
    delete_messages: mailbox.deleteMessages,
    ask_password: mailbox.askPassword,
    enabled: mailbox.enabled,
    accesstype: mailbox.accesstype,
    mwi_policy_uuid: mailbox.mwiPolicyUuid,
    options: mailbox.options.map(([key, value]) => [key, value]),
    external: toExternalView(mailbox.external, new Date()),
    links: [{ rel: 'voicemails', href: resourceUrl(call, 'voicemails', mailbox.id) }],
    users: mailbox.users.map((user) => ({
      uuid: user.uuid,
      firstname: user.firstname,
      lastname: user.lastname,
      links: [{ rel: 'users', href: resourceUrl(call, 'users', user.id) }],
    })),
  }
}
