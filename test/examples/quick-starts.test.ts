import { describe, expect, onTestFinished, test } from 'vitest'
import { AdapterVisitor } from '../../src/testing/adapter-visitor.ts'
import { runExample, startExample } from './start-example.ts'

const ENVIRONMENT = {
  PORT: '0',
  NODE_ENV: 'development',
  SESSION_SECRET: 'a-secret-of-the-quick-start-tests-0123456789',
}

describe.each(['express', 'fastify', 'hono', 'koa', 'node', 'fetch'])(
  'the quick start for %s',
  (framework) => {
    const file = `examples/${framework}/main.ts`

    test('counts visits, logs in with a new id and logs out', async () => {
      const example = await startExample(file, ENVIRONMENT)
      onTestFinished(async () => void (await example.stop()))
      const visitor = new AdapterVisitor({ origin: example.url, close: () => {} })

      expect(await visitor.json('/')).toEqual({ visits: 1, user: null })
      expect(await visitor.json('/')).toEqual({ visits: 2, user: null })
      const attacker = visitor.copy()

      const { status, headers } = await visitor.visit('/login', { method: 'POST' })
      expect([status, new URL(headers.get('location') ?? '', example.url).pathname]).toEqual([303, '/'])
      expect(await visitor.json('/')).toEqual({ visits: 3, user: 'ann' })
      expect(await attacker.json('/')).toEqual({ visits: 1, user: null })

      const thief = visitor.copy()
      await visitor.visit('/logout', { method: 'POST' })
      expect(visitor.cookieHeader).toBe('')
      expect(await thief.json('/')).toEqual({ visits: 1, user: null })
    })

    test('does not start without a secret, and says why', async () => {
      const { code, output } = await runExample(file, { ...ENVIRONMENT, SESSION_SECRET: '' })
      expect(code).toBe(1)
      expect(output).toContain('secret')
    })
  },
)
