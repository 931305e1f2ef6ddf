import { fileURLToPath } from 'node:url'
import { defineConfig } from 'prisma/config'

// `prisma generate` never runs the native schema engine but insists on having one, which cannot be downloaded
// everywhere: it gets a stub that fails loudly should it ever be run.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= fileURLToPath(new URL('./scripts/no-schema-engine.sh', import.meta.url))

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } })
