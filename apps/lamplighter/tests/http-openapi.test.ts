import { API_ROUTES, buildOpenApi } from '@lamplighter/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { request, type Tenant, TestInstallation } from './support.js'

type Parameter = { name: string; in: string; example: unknown }
type Operation = { parameters: Parameter[]; requestBody?: { content: Record<string, { example?: unknown }> } }
const PATHS = buildOpenApi()['paths'] as Record<string, Record<string, Operation>>
/** Every operation but those with audio; HEAD has no body to look at. */
const EXAMPLES = Object.entries(PATHS).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method, { requestBody }]) => method !== 'head' && !requestBody?.content['audio/wav'])
    .map(([method, operation]) => [`${method} ${path}`, path, method, operation] as const),
)

const ID = '00000000-0000-4000-8000-000000000000'
const FORMS: Readonly<Record<string, string>> = { integer: '1', uuid: ID, reference: ID, text: ID }

describe('what describes the APIs', () => {
  let installation: TestInstallation
  let tenant: Tenant

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())

  const get = (path: string, headers: Record<string, string> = {}) => request(installation.url + path, { headers })

  it.each([
    ['auth', '/api/auth/0.1'],
    ['confd', '/api/confd/1.1'],
    ['calld', '/api/calld/1.0'],
  ] as const)('1.1 [C]: GET <base>/api/api.yml of %s is Swagger 2.0 in YAML, without token', async (api, base) => {
    const { status, headers, text } = await get(`${base}/api/api.yml`)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-yaml'])
    const document = parse(text) as { swagger: string; basePath: string; paths: Record<string, object> }
    expect([document.swagger, document.basePath]).toEqual(['2.0', base])
    expect(Object.keys(document.paths).sort()).toEqual([...new Set(API_ROUTES[api].map(({ path }) => path))].sort())
  })

  it('1.1 [C]: its basePath is where the proxy shows it', async () => {
    const { text } = await get('/api/confd/1.1/api/api.yml', { 'x-script-name': '/voice/confd' })
    expect((parse(text) as { basePath: string }).basePath).toBe('/voice/confd/1.1')
  })

  it('is OpenAPI 3.1 at /docs/openapi.json, the document of the route table', async () => {
    const { status, json } = await get('/docs/openapi.json')
    expect([status, json]).toEqual([200, JSON.parse(JSON.stringify(buildOpenApi()))])
  })

  it('is a page at /docs that runs nothing from elsewhere and nothing inline', async () => {
    const page = await get('/docs')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    )
    const urls = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url)
    expect(urls).toHaveLength(3)
    for (const url of urls) expect([url, (await get(`/${url}`)).status]).toEqual([url, 200])
    expect(page.text).not.toMatch(/https?:|<script>|style=/)
  })

  it('is complete: every operation of the document is mounted with its method', async () => {
    for (const [path, methods] of Object.entries(PATHS)) {
      const route = Object.values(API_ROUTES)
        .flat()
        .find((one) => path.endsWith(one.path))
      const url = path.replace(/\{(\w+)\}/g, (_place, name: string) => FORMS[route?.params[name] ?? 'text'] ?? '')
      const response = await request(installation.url + url, { method: 'OPTIONS' })
      const allowed = response.headers.get('allow')?.split(', ') ?? []
      expect(allowed, path).toEqual(expect.arrayContaining(Object.keys(methods).map((method) => method.toUpperCase())))
    }
  })

  it.each(EXAMPLES)(
    'has examples that the server takes: no field of %s is refused',
    async (_name, path, method, operation) => {
      const example = (parameter: Parameter) => encodeURIComponent(String(parameter.example))
      const of = (place: string) => operation.parameters.filter((parameter) => parameter.in === place)
      const query = of('query')
        .filter((parameter) => parameter.example !== null)
        .map((parameter) => `${parameter.name}=${example(parameter)}`)
      const filled = of('path').reduce((url, one) => url.replace(`{${one.name}}`, example(one)), path)
      const body = operation.requestBody?.content['application/json']?.example
      const { status, text } = await request(`${installation.url}${filled}?${query.join('&')}`, {
        method: method.toUpperCase(),
        token: tenant.admin.token,
        headers: { authorization: 'Basic bm9ib2R5Om5vdGhpbmc=' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      expect(status, text).toBeLessThan(500)
      // What the example names is not there, which is fine; what it looks like must do.
      expect(text).not.toMatch(/Input Error - [\w-]+: (?!\['[^\]]*not found)|invalid-data|"status_code":400/)
    },
  )
})
