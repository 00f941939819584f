import { TrieRouter } from 'hono/router/trie-router'
import { afterEach, expect, test, vi } from 'vitest'
import { checkRouter } from '../../src/app/router-check.ts'
import { isSessionError } from '../../src/index.ts'

/** Finds no middleware, as older Honos do for a path that ends in an expression. */
class OlderRouter extends TrieRouter<boolean> {
  override add(method: string, path: string, kept: boolean): void {
    if (!path.endsWith('*')) super.add(method, path, kept)
  }
}

afterEach(() => {
  vi.doUnmock('hono/router/trie-router')
})

test('a router that leaves guards out is refused', () => {
  try {
    checkRouter(new OlderRouter())
    expect.unreachable()
  } catch (error) {
    expect(isSessionError(error, 'ERR_PEER_MISSING')).toBe(true)
    expect(String(error)).toContain('needs hono 4.12.29 or later')
    expect(String(error)).toContain('Run: npm install hono@latest')
  }
})

test('no table of routes is made with such a router', async () => {
  vi.doMock('hono/router/trie-router', () => ({ TrieRouter: OlderRouter }))
  const { RouteTable } = await import('../../src/app/route-table.ts')
  expect(() => new RouteTable()).toThrow('needs hono 4.12.29 or later')
})

test('the router of the Hono that is installed is taken', () => {
  expect(() => checkRouter(new TrieRouter())).not.toThrow()
})
