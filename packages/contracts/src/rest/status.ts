import Type from 'typebox'
import { routesOf } from './route.js'

const state = Type.Object({ status: Type.Enum(['ok', 'fail']) })

/** Whether confd can do its work (rest.md 1.1). */
export const getConfdStatus = routesOf('confd')({
  method: 'GET',
  path: '/status',
  acl: 'confd.status.read',
  summary: 'Read whether the configuration API can do its work',
  success: 200,
  response: Type.Object({ rest_api: state, database: state }),
})

/** Whether calld can do its work. */
export const getCalldStatus = routesOf('calld')({
  method: 'GET',
  path: '/status',
  acl: 'calld.status.read',
  summary: 'Read whether the messages API can do its work',
  success: 200,
  response: Type.Object({
    rest_api: state,
    database: state,
    plugins: Type.Object({
      voicemails: Type.Object({
        status: Type.Enum(['ok', 'fail']),
        cache_items: Type.Integer({ description: 'always 0: every answer is read afresh' }),
      }),
    }),
  }),
})
