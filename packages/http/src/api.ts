import { API_BASE, type ApiName, type ParamKind, type RouteContract } from '@lamplighter/contracts'
import { isUuid, LamplighterError, MAX_INTEGER_ID, NotFoundError } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TObject } from 'typebox'
import { type AccessControl, authenticate } from './authenticator.js'
import { type Answer, Call, type Caller, type RouteChecks } from './call.js'
import { type ErrorForm, tokenForm } from './error-wire.js'
import { createInputCheck } from './input-check.js'

/** A route and what answers it. */
export type Implementation = {
  readonly contract: RouteContract
  readonly handle: (call: Call) => Promise<Answer> | Answer
}

/** Pairs a contract with its handler, which sees the query and body types of that contract. */
export function implement<Route extends RouteContract>(
  contract: Route,
  handle: (call: Call<Route>) => Promise<Answer> | Answer,
): Implementation {
  return { contract, handle: handle as unknown as Implementation['handle'] }
}

/** An API to mount on a server. */
export type Api = {
  readonly name: ApiName
  readonly implementations: readonly Implementation[]
  readonly errorForm: ErrorForm
  readonly access: AccessControl
  readonly log: Logger
}

/** Largest JSON body. */
const MAX_JSON_BYTES = 1024 * 1024
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'] as const

/**
 * Mounts an API under its base path, with everything its routes share: authentication from the contract, bodies read
 * as JSON whatever their type, the API's error envelope, `OPTIONS`, 404 and 405 before any look at the token.
 */
export function mountApi(server: FastifyInstance, api: Api): void {
  server.register(
    (scope, _options, done) => {
      acceptAnyBody(scope)
      scope.setErrorHandler((error, request, reply) => sendError(api, error, request, reply))
      scope.setNotFoundHandler(() => {
        throw new NotFoundError('no-such-route', 'there is no such path')
      })
      for (const implementation of api.implementations) mountRoute(scope, api, implementation)
      for (const [path, used] of methodsByPath(api.implementations)) answerOtherMethods(scope, path, used)
      done()
    },
    { prefix: API_BASE[api.name] },
  )
}

/** JSON bodies come as buffers and are parsed when the handler asks; audio bodies stay streams. */
function acceptAnyBody(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (request, payload, done) => {
    const { bodyKind } = request.routeOptions.config as { bodyKind?: string }
    if (bodyKind === 'audio') done(null, payload)
    else readBounded(payload, MAX_JSON_BYTES).then((body) => done(null, body), done)
  })
}

async function readBounded(payload: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of payload) {
    size += chunk.length
    if (size > maxBytes)
      throw new LamplighterError('payload-too-large', 'the body is too large', { max_bytes: maxBytes })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function mountRoute(scope: FastifyInstance, api: Api, { contract, handle }: Implementation): void {
  const callers = new WeakMap<FastifyRequest, Caller>()
  const checks = compileChecks(contract)
  scope.route({
    // A HEAD contract of its own wins over the HEAD that comes with every GET.
    method: contract.method,
    exposeHeadRoute: contract.method === 'GET' && !hasOwnHead(api, contract),
    url: fastifyPath(contract.path),
    config: { bodyKind: contract.bodyKind, contract },
    // Audio is counted by the handler; JSON by the parser above.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    ...(contract.response ? { schema: { response: { [contract.success]: contract.response } } } : {}),
    onRequest: async (request) => {
      checkParams(contract, request.params as Record<string, string>)
      if (contract.acl !== null) callers.set(request, await authenticate(request, contract, api.access))
    },
    handler: async (request, reply) => {
      const answer = await handle(new Call(request, contract, checks, callers.get(request)))
      return sendAnswer(reply, contract.success, answer)
    },
  })
}

function compileChecks(contract: RouteContract): RouteChecks<RouteContract> {
  const query = contract.query && createInputCheck(contract.query, 'query', contract.unknownQuery)
  const body = contract.body && createInputCheck(contract.body as TObject, 'body', contract.unknownBody)
  const none = () => ({})
  return { query: query ?? none, body: (body ?? none) as RouteChecks<RouteContract>['body'] }
}

function sendAnswer(reply: FastifyReply, success: number, { status, body, stream, headers }: Answer): FastifyReply {
  reply.code(status ?? success)
  if (headers) reply.headers(headers)
  if (stream) return reply.send(stream)
  return reply.send(body)
}

function sendError(api: Api, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toKnownError(error)
  if (known) {
    const { contract } = request.routeOptions.config as { contract?: RouteContract }
    const form = contract?.errors === 'token' ? tokenForm : api.errorForm
    const { status, body } = form(known)
    // 5xx is ours to look into; the rest is the caller's.
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    void reply
      .code(status)
      .type('application/json')
      .send(`${JSON.stringify(body)}\n`)
    return
  }
  request.log.error({ err: error }, 'request failed unexpectedly')
  const body = api.name === 'confd' ? ['Unexpected error'] : { message: 'Internal Server Error' }
  void reply
    .code(500)
    .type('application/json')
    .send(`${JSON.stringify(body)}\n`)
}

/** Errors of ours, and what the framework says about a request it could not read. */
function toKnownError(error: unknown): LamplighterError | undefined {
  if (error instanceof LamplighterError) return error
  const status = (error as { statusCode?: number } | null)?.statusCode
  if (status === 413) return new LamplighterError('payload-too-large', 'the body is too large')
  if (status !== undefined && status >= 400 && status < 500) {
    return new LamplighterError('unreadable-body', 'the request cannot be read')
  }
  return undefined
}

const PARAM_FORMS: Readonly<Record<ParamKind, (value: string) => boolean>> = {
  integer: (value) => /^\d{1,10}$/.test(value) && Number(value) <= MAX_INTEGER_ID,
  uuid: isUuid,
  reference: (value) => /^\d{1,10}$/.test(value) || isUuid(value),
  text: () => true,
}

function checkParams(contract: RouteContract, params: Readonly<Record<string, string>>): void {
  for (const [name, kind] of Object.entries(contract.params)) {
    if (!PARAM_FORMS[kind](params[name] ?? '')) throw new NotFoundError('no-such-route', 'there is no such path')
  }
}

function fastifyPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

function hasOwnHead(api: Api, contract: RouteContract): boolean {
  return api.implementations.some((one) => one.contract.method === 'HEAD' && one.contract.path === contract.path)
}

function methodsByPath(implementations: readonly Implementation[]): Map<string, Set<string>> {
  const paths = new Map<string, Set<string>>()
  for (const { contract } of implementations) {
    const used = paths.get(contract.path) ?? new Set<string>()
    used.add(contract.method)
    if (contract.method === 'GET') used.add('HEAD')
    paths.set(contract.path, used)
  }
  return paths
}

function answerOtherMethods(scope: FastifyInstance, path: string, used: ReadonlySet<string>): void {
  const url = fastifyPath(path)
  const allow = [...used, 'OPTIONS'].join(', ')
  scope.route({ method: 'OPTIONS', url, handler: (_request, reply) => reply.header('allow', allow).send() })
  const others = METHODS.filter((method) => !used.has(method))
  scope.route({
    method: others,
    url,
    onRequest: async (_request, reply) => {
      reply.header('allow', allow)
      throw new LamplighterError('method-not-allowed', 'the method is not allowed here')
    },
    handler: () => {},
  })
}
