import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RouteTable } from '../../src/app/route-table.ts'
import { isSessionError } from '../../src/index.ts'
import { testApp } from './serving.ts'

const segment = fc.constantFrom(
  ...[
    'a',
    'b',
    'a.b',
    '*',
    ':x',
    ':y',
    ':x{[0-9]+}',
    ':y{[a-z]+}',
    ':x{a|b}',
    ':z{[0-9]{2}}',
    ':n{(?:a|b)+}',
  ],
  ...[':x{.+}', ':p{a/b}'],
)
const ending = fc.constantFrom('', '', '/*', '/:o?', '/')
const path = fc
  .tuple(fc.array(segment, { maxLength: 3 }), ending)
  .map(([segments, end]) => segments.map((one) => `/${one}`).join('') + end || '/')
  .filter((one) => !/[*][/](?:[*]|:o[?])$/.test(one))
const address = fc
  .array(fc.constantFrom('a', 'b', 'c', '1', '12', 'ab', 'a.b', 'é', '*', ':x', ''), { maxLength: 5 })
  .map((segments) => `/${segments.join('/')}`)

/** What a table has for an address: numbers of paths with their parameters. */
function matchesOf(paths: readonly string[], at: string): [number, object][] {
  const table = new RouteTable<number>()
  for (const [number, one] of paths.entries()) table.add('GET', one, number)
  return table.match('GET', at).map(([number, params]) => [number, { ...params }])
}

describe('a path matches the same', () => {
  test('whatever other paths there are, in the order they were added', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 6 }), address, (paths, at) => {
        const alone = paths.flatMap((one, number) =>
          matchesOf([one], at).map(([, params]): [number, object] => [number, params]),
        )
        expect(matchesOf(paths, at)).toEqual(alone)
      }),
      { numRuns: 3000 },
    )
  })

  test('in an app that has a route beside a parameter', async () => {
    for (const beside of [[], ['/users/:id', '/users/me']]) {
      const app = testApp()
      for (const other of beside) app.get(other, (_req, res) => res.end())
      app.get('/:lang{en|de}/about', (req, res) => res.json(req.params))
      app.get('/repo/:rev/:path{.+}', (req, res) => res.json(req.params))
      const statuses = ['/english/about', '/de/about', '/repo/a/b/c'].map(
        async (at) => (await app.request(at)).status,
      )
      expect(await Promise.all(statuses)).toEqual([404, 200, 200])
    }
  })
})

test.each([
  ['/shops/:shop/items/:item', '/shops/:shop/items/:item', { shop: ':shop', item: ':item' }],
  ['/:shop', '/:shop', { shop: ':shop' }],
  ['/:shop/*', '/:shop', { shop: ':shop' }],
  ['/:shop/*', '/:shop/a/b', { shop: ':shop' }],
  ['/*', '/*', {}],
  ['/*/edit', '/*/edit', {}],
  ['/a*', '/a*', {}],
  ['/:path{.+}', '/:path/*', { path: ':path/*' }],
  ['/shops/:shop?', '/shops/:shop', { shop: ':shop' }],
])('%s is found once for a request of %s, which looks like a path', (path, at, params) => {
  const beside = ['/*', '/:first/*', '/shops/:shop/*', '/shops/:other/items/:item']
  expect(matchesOf([path], at)).toEqual([[0, params]])
  const numbers = matchesOf([...beside, path], at).map(([number]) => number)
  expect(numbers).toEqual([...new Set(numbers)])
  expect(numbers).toContain(beside.length)
})

test('what was added twice is found twice', () => {
  expect(matchesOf(['/:a/*', '/:a/*'], '/:a/*')).toEqual([
    [0, { a: ':a' }],
    [1, { a: ':a' }],
  ])
})

test('a method that no route was added for has what is for all', () => {
  const table = new RouteTable<string>()
  table.add('GET', '/a', 'get')
  table.add('ALL', '/a', 'all')
  const kept = ['GET', 'PUT', 'MADE-UP', 'GET'].map((method) => table.match(method, '/a').map(([one]) => one))
  expect(kept).toEqual([['get', 'all'], ['all'], ['all'], ['get', 'all']])
})

test('a route that is added after the first request is refused, and told what to do', async () => {
  const app = testApp()
  await app.request('/')
  try {
    app.get('/late', (_req, res) => res.end())
    expect.unreachable()
  } catch (error) {
    expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
    expect(String(error)).toContain('GET /late was added after the first request')
  }
})
