import Type from 'typebox'
import { routesOf } from './route.js'

/** The release of the Wazo Platform whose contract we keep. */
export const WAZO_VERSION = '26.08'

/** What this installation is; the JavaScript client asks for it at login (rest.md 1.13). */
export const getInfos = routesOf('confd')({
  method: 'GET',
  path: '/infos',
  acl: 'confd.infos.read',
  summary: 'Read the identity and version of the installation',
  success: 200,
  response: Type.Object({ uuid: Type.String(), wazo_version: Type.String() }),
})
