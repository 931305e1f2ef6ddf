import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Runs a tool of the workspace; its output when it fails. */
async function complaints(tool: string, args: readonly string[]): Promise<string> {
  return promisify(execFile)(`${ROOT}node_modules/.bin/${tool}`, [...args], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    () => '',
    (error: { stdout?: string; stderr?: string }) =>
      `${error.stdout ?? ''}${error.stderr ?? ''}` || 'it failed without a word',
  )
}

describe('the tools', () => {
  it('biome finds nothing to lint or format', async () => {
    expect(await complaints('biome', ['ci', '--colors=off', '--max-diagnostics=20', '.'])).toBe('')
  })

  it('typescript accepts the tests', async () => {
    expect(await complaints('tsc', ['-p', 'tsconfig.tests.json', '--noEmit'])).toBe('')
  })

  it('knip finds no unused file, export or dependency', async () => {
    expect(await complaints('knip', ['--no-progress', '--no-config-hints'])).toBe('')
  })
})

describe('docker-compose.yml', () => {
  type Service = { ports?: string[]; healthcheck?: unknown; environment?: Record<string, string> }
  const { services } = parse(readFileSync(`${ROOT}docker-compose.yml`, 'utf8')) as { services: Record<string, Service> }

  it('runs PostgreSQL, RabbitMQ and the product, each with a health check', () => {
    expect(Object.keys(services).sort()).toEqual(['lamplighter', 'postgres', 'rabbitmq'])
    for (const service of Object.values(services)) expect(service.healthcheck).toBeDefined()
  })

  it('opens ports on the loopback interface only, and has no password of its own', () => {
    for (const { ports = [] } of Object.values(services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    const text = readFileSync(`${ROOT}docker-compose.yml`, 'utf8')
    expect(text).toContain('${LAMPLIGHTER_SECRET:?')
    expect(text).not.toMatch(/PASSWORD: [a-z]/)
  })
})
