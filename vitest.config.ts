import { defineConfig } from 'vitest/config'

// Packages are tested from their sources, without a build.
const conditions = ['@lamplighter/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    maxWorkers: 2,
    reporters: ['default', './packages/testing/src/closing-line.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['{apps,packages}/*/src/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{apps,packages}/*/tests/**/*.test.ts'],
          globalSetup: './packages/testing/src/global-setup.ts',
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: { name: 'checks', include: ['packages/testing/checks/**/*.test.ts'], testTimeout: 180_000 },
      },
    ],
  },
})
