import type { Readable } from 'node:stream'
import { eraseCaller, exportCaller, exportVoicemail, importVoicemail } from '@lamplighter/contracts'
import { type Answer, type Implementation, implement } from '@lamplighter/http'
import { tenantSubtree } from '@lamplighter/store'
import type { ErasureService } from './erasure-service.js'
import type { ExportService } from './export-service.js'
import { mailboxIdOf } from './ids.js'
import type { ImportService } from './import-service.js'

/** Messages out of the product and back, and a caller out of it for good. */
export function archiveRoutes(
  exports: ExportService,
  imports: ImportService,
  erasures: ErasureService,
): Implementation[] {
  return [
    implement(exportVoicemail, async (call) => {
      const id = mailboxIdOf(call)
      return archiveAnswer(`voicemail-${id}`, await exports.mailbox(tenantSubtree(call.tenantId), id, call.actor))
    }),
    implement(exportCaller, async (call) => {
      const { caller_id_num: number } = call.query()
      return archiveAnswer('caller', await exports.caller(call.tenantId, number, call.actor))
    }),
    implement(importVoicemail, async (call) => {
      const body = (call.request.body ?? call.request.raw) as Readable
      return { body: await imports.import(tenantSubtree(call.tenantId), mailboxIdOf(call), body, call.actor) }
    }),
    implement(eraseCaller, async (call) => {
      const { caller_id_num: callerIdNum } = call.body()
      return { body: await erasures.erase({ tenantId: call.tenantId, callerIdNum }, call.actor) }
    }),
  ]
}

function archiveAnswer(name: string, stream: Readable): Answer {
  const headers = {
    'content-type': 'application/x-tar',
    'content-disposition': `attachment;filename=${name}.tar`,
    'cache-control': 'no-store',
  }
  return { stream, headers }
}
