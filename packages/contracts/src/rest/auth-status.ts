import { routesOf } from './route.js'

/** Whether authd can do its work: 200 or 503, and nothing more to read. */
export const getAuthStatus = routesOf('auth')({
  method: 'HEAD',
  path: '/status',
  acl: null,
  summary: 'Check that tokens can be given and checked',
  success: 200,
})
