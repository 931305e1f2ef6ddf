export { aclTable } from './acl.js'
export type { JsonObject, JsonSchema } from './json.js'
export { buildOpenApi } from './openapi.js'
export { buildSwagger } from './swagger.js'
