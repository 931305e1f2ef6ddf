import { getInfos, WAZO_VERSION } from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'

/** What this installation is. */
export function infosRoute(originUuid: string): Implementation {
  return implement(getInfos, () => ({ body: { uuid: originUuid, wazo_version: WAZO_VERSION } }))
}
