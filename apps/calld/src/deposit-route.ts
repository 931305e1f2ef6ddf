import type { Readable } from 'node:stream'
import { API_BASE, depositMessage } from '@lamplighter/contracts'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { tenantSubtree } from '@lamplighter/store'
import { type DepositRequest, readMultipart } from './deposit-request.js'
import type { DepositService } from './deposit-service.js'
import { mailboxIdOf } from './ids.js'

/** Leaves a message in a mailbox. */
export function depositRoute(deposits: DepositService): Implementation {
  return implement(depositMessage, async (call) => {
    const id = mailboxIdOf(call)
    const key = call.idempotencyKey()
    const { message, replayed } = await deposits.deposit(tenantSubtree(call.tenantId), id, key, () => openRequest(call))
    const location = call.url(`${API_BASE.calld}/voicemails/${id}/messages/${message.id}`)
    return createdAnswer(location, message, replayed)
  })
}

async function openRequest(call: Call<typeof depositMessage>): Promise<DepositRequest> {
  const payload = (call.request.body ?? call.request.raw) as Readable
  const contentType = call.request.headers['content-type'] ?? ''
  if (/^multipart\/form-data\b/i.test(contentType)) {
    return readMultipart({ ...call.request.headers, 'content-type': contentType }, payload)
  }
  const meta = call.query()
  return { audio: payload, meta: async () => meta }
}
