import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { buildOpenApi } from '@lamplighter/contracts'
import type { FastifyInstance, FastifyReply } from 'fastify'

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Lamplighter API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`
const START = `SwaggerUIBundle({ url: 'docs/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null })
`
/** Nothing from elsewhere, nothing inline: a page that shows tokens being typed must run no foreign code. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
}

/** Mounts `GET /docs`, where a person reads and tries every operation, and `GET /docs/openapi.json`, which tools read. */
export function mountDocs(server: FastifyInstance): void {
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  let document: string | undefined
  server.get('/docs', (_request, reply) => guarded(reply).type('text/html; charset=utf-8').send(PAGE))
  server.get('/docs/start.js', (_request, reply) => guarded(reply).type('text/javascript').send(START))
  server.get('/docs/openapi.json', (_request, reply) => {
    document ??= `${JSON.stringify(buildOpenApi())}\n`
    return guarded(reply).header('access-control-allow-origin', '*').type('application/json').send(document)
  })
  for (const [name, type] of Object.entries(ASSETS)) {
    server.get(`/docs/${name}`, (_request, reply) =>
      guarded(reply)
        .header('cache-control', 'max-age=3600')
        .type(type)
        .send(createReadStream(path.join(folder, name))),
    )
  }
}

function guarded(reply: FastifyReply): FastifyReply {
  return reply.headers({
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
}
