import { defineConfig } from 'vitest/config'

/** The tests that start a real server or several processes. Everything else belongs to `npm run test:fast`. */
const needsServers = [
  'test/stores/{redis,postgres,mysql}/**/*.test.ts',
  'test/{stores,adapters}/**/*.servers.test.ts',
  'test/processes/**/*.test.ts',
  'test/faults/**/*.test.ts',
]

export default defineConfig({
  test: {
    pool: 'forks',
    // Two test files at a time, on any machine: a real server and its clients need cores of their own.
    maxWorkers: 2,
    testTimeout: 30_000,
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    projects: [
      { extends: true, test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: needsServers } },
      {
        extends: true, // Hooks start servers, and on a bare machine install them first, one after the other.
        test: { name: 'servers', include: needsServers, hookTimeout: 300_000 },
      },
    ],
  },
})
