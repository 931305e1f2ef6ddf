import { Readable } from 'node:stream'
import {
  API_BASE,
  type ApiName,
  type ErrorEnvelope,
  isStreamed,
  type ParamKind,
  type RouteContract,
} from '@lamplighter/contracts'
import { isUuid, LamplighterError, MAX_INTEGER_ID, NotFoundError } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TObject } from 'typebox'
import type { Answer } from './answer.js'
import { apiDocument } from './api-document.js'
import { type AccessControl, type AccountLogin, authenticate } from './authenticator.js'
import { Call, type Caller, type RouteChecks } from './call.js'
import { allowOrigin } from './cors.js'
import { type ErrorForm, tokenForm, type WireError } from './error-wire.js'
import type { Implementation } from './implementation.js'
import { createInputCheck } from './input-check.js'

/** An API to mount on a server. */
export type Api = {
  readonly name: ApiName
  readonly implementations: readonly Implementation[]
  readonly errorForm: ErrorForm
  readonly access: AccessControl
  /** Accounts of its own, for HTTP basic beside tokens. */
  readonly logIn?: AccountLogin
  readonly log: Logger
}

/** Largest JSON body. */
const MAX_JSON_BYTES = 1024 * 1024
/** A content type that the framework would read. */
const MEDIA_TYPE = /^\s*[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;|$)/
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE'] as const

/**
 * Mounts an API under its base path, with everything its routes share: authentication from the contract, bodies read
 * as JSON whatever their type, the API's error envelope, `OPTIONS`, 404 and 405 before any look at the token, CORS.
 */
export function mountApi(server: FastifyInstance, { implementations, ...rest }: Api): void {
  const api = { ...rest, implementations: [...implementations, apiDocument(rest.name)] }
  server.register(
    (scope, _options, done) => {
      acceptAnyBody(scope)
      scope.addHook('onRequest', async (request, reply) => {
        allowOrigin(api.name, request, reply)
        api.access.rateLimits.admitAddress(request, reply)
      })
      scope.addHook('onSend', async (_request, reply, payload) => endWithNewline(reply, payload))
      scope.setErrorHandler((error, request, reply) => sendError(api, error, request, reply))
      scope.setNotFoundHandler(() => {
        throw new NotFoundError('no-such-route', 'there is no such path')
      })
      for (const implementation of api.implementations) mountRoute(scope, api, implementation)
      for (const path of pathsOf(api.implementations)) answerOtherMethods(scope, path)
      done()
    },
    { prefix: API_BASE[api.name] },
  )
}

/** JSON answers end with a newline (rest.md 1.10); added to the finished text, which is not read again. */
function endWithNewline(reply: FastifyReply, payload: unknown): unknown {
  if (typeof payload !== 'string' || !String(reply.getHeader('content-type')).startsWith('application/json')) {
    return payload
  }
  return `${payload}\n`
}

/** JSON bodies come as buffers and are parsed when the handler asks; audio and archives stay streams. */
function acceptAnyBody(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (request, payload, done) => {
    const { bodyKind } = request.routeOptions.config as { bodyKind?: RouteContract['bodyKind'] }
    if (isStreamed(bodyKind ?? 'none')) done(null, payload)
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
    onRequest: async (request, reply) => {
      checkParams(contract, request.params)
      // It counts for audio only; a malformed one must not become a 415 of the framework (rest.md 1.2).
      if (contract.bodyKind !== 'audio' || !MEDIA_TYPE.test(request.headers['content-type'] ?? '')) {
        delete request.headers['content-type']
      }
      const caller = contract.acl === null ? undefined : await authenticate(request, contract, api.access, api.logIn)
      if (caller) callers.set(request, caller)
      api.access.rateLimits.admit(contract, caller, request, reply)
    },
    handler: async (request, reply) => {
      const answer = await handle(new Call(request, contract, checks, callers.get(request), api.access.fingerprintKey))
      return sendAnswer(request, reply, contract.success, answer)
    },
  })
}

function compileChecks(contract: RouteContract): RouteChecks<RouteContract> {
  const query = contract.query && createInputCheck(contract.query, 'query', contract.unknownQuery)
  const body = contract.body && createInputCheck(contract.body as TObject, 'body', contract.unknownBody)
  const none = () => ({})
  return { query: query ?? none, body: (body ?? none) as RouteChecks<RouteContract>['body'] }
}

function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  success: number,
  { status, body, stream, headers }: Answer,
): FastifyReply {
  reply.code(status ?? success)
  if (headers) reply.headers(headers)
  if (!stream) return reply.send(body)
  if (request.method !== 'HEAD') return reply.send(stream)
  // HEAD keeps the headers, length included, and reads nothing.
  stream.destroy()
  return reply.send(Readable.from([]))
}

function sendError(api: Api, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { contract } = request.routeOptions.config as { contract?: RouteContract }
  const { status, body, headers = {} } = toWire(api, contract?.errors, error)
  // 5xx is ours to look into; the rest is the caller's.
  if (status >= 500) request.log.error({ err: error }, 'request failed')
  void reply.code(status).headers(headers).type('application/json').send(JSON.stringify(body))
}

function toWire(api: Api, errors: ErrorEnvelope | undefined, error: unknown): WireError {
  const known = toKnownError(error)
  if (known) return (errors === 'token' ? tokenForm : api.errorForm)(known)
  return { status: 500, body: api.name === 'confd' ? ['Unexpected error'] : { message: 'Internal Server Error' } }
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
  // PostgreSQL has no NUL in text: nothing can be called that.
  text: (value) => !value.includes('\0'),
}

function checkParams(contract: Pick<RouteContract, 'params'>, params: unknown): void {
  for (const [name, kind] of Object.entries(contract.params)) {
    const value = (params as Readonly<Record<string, string>>)[name] ?? ''
    if (!PARAM_FORMS[kind](value)) throw new NotFoundError('no-such-route', 'there is no such path')
  }
}

function fastifyPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

function hasOwnHead(api: Api, contract: RouteContract): boolean {
  return api.implementations.some((one) => one.contract.method === 'HEAD' && one.contract.path === contract.path)
}

/** A path with every method that is served on it. */
type ServedPath = Pick<RouteContract, 'path' | 'params'> & { readonly methods: Set<string> }

/** Paths that differ only in the names of their ids are one. */
function pathsOf(implementations: readonly Implementation[]): ServedPath[] {
  const paths = new Map<string, ServedPath>()
  for (const { contract } of implementations) {
    const form = contract.path.replace(/\{\w+\}/g, '{}')
    const served = paths.get(form) ?? { ...contract, methods: new Set<string>() }
    served.methods.add(contract.method)
    if (contract.method === 'GET') served.methods.add('HEAD')
    paths.set(form, served)
  }
  return [...paths.values()]
}

function answerOtherMethods(scope: FastifyInstance, path: ServedPath): void {
  const url = fastifyPath(path.path)
  const allow = [...path.methods, 'OPTIONS'].join(', ')
  scope.route({
    method: 'OPTIONS',
    url,
    onRequest: async (request) => checkParams(path, request.params),
    handler: (_request, reply) => reply.header('allow', allow).send(),
  })
  scope.route({
    method: METHODS.filter((method) => !path.methods.has(method)),
    url,
    onRequest: async (request, reply) => {
      checkParams(path, request.params)
      reply.header('allow', allow)
      throw new LamplighterError('method-not-allowed', 'the method is not allowed here')
    },
    handler: () => {},
  })
}
