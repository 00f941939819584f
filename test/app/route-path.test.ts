import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import type { App } from '../../src/app/index.ts'
import { isSessionError } from '../../src/index.ts'
import { testApp } from './serving.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'all'] as const
const PATHS = "Paths are texts such as '/users/:id', '/posts/:id?', '/years/:year{[0-9]+}' and '/files/*'."

/** Adds a route as JavaScript would, and gives what that throws. */
function errorOf(method: 'use' | (typeof METHODS)[number], path: unknown): unknown {
  const app: App = testApp()
  const handler = (): void => {}
  try {
    Reflect.apply(Reflect.get(app, method), app, [path, handler])
    return undefined
  } catch (error) {
    return error
  }
}

describe('a path that matches nothing as it was meant is refused when the route is made', () => {
  test.each<[unknown, string]>([
    [undefined, 'A route needs a path, and was given undefined.'],
    [null, 'A route needs a path, and was given null.'],
    [7, 'A route needs a path, and was given 7.'],
    [{ path: '/x' }, 'A route needs a path, and was given an object.'],
    [/x/, "A route needs a path, and was given a RegExp. Write the expression into it: '/:name{[a-z]+}'."],
    [
      ['/a', /b/],
      "A route needs a path, and was given a RegExp. Write the expression into it: '/:name{[a-z]+}'.",
    ],
    [
      '/files/*path',
      "The path '/files/*path' would not match what Express matches with it. Write '/files/*' and read req.path, or '/files/:path{.+}' and read req.params.path.",
    ],
    [
      '/*splat',
      "The path '/*splat' would not match what Express matches with it. Write '/*' and read req.path, or '/:splat{.+}' and read req.params.splat.",
    ],
    [
      '/files/*path/edit',
      "The path '/files/*path/edit' would not match what Express matches with it. Write '/files/*' and read req.path.",
    ],
    [
      '/files{/*path}',
      "The path '/files{/*path}' would not match what Express matches with it. Write '/files/*' and read req.path, or '/files/:path{.+}' and read req.params.path.",
    ],
    [
      '/posts{/:id}',
      "The path '/posts{/:id}' would not match what Express matches with it. What may be left out is written '/:name?', a segment of its own; for anything else write two routes.",
    ],
    [
      '/users/:id(\\d+)',
      "The path '/users/:id(\\d+)' would not match what Express matches with it. Write an expression in braces: ':id{[0-9]+}'.",
    ],
  ])('%o', (path, message) => {
    for (const method of [...METHODS, 'use'] as const) {
      const error = errorOf(method, path)
      expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
      expect(error).toHaveProperty('message', `${message} ${PATHS}`)
    }
  })

  test.each<[path: string, fix: string]>([
    ['/*.txt', "write '/:name{[^/]+[.]txt}'"],
    ['/exports/*.csv', "write '/:name{[^/]+[.]csv}'"],
    ['/exports/*name.csv', "write '/:name{.+[.]csv}'"],
    ['/admin*/x', "write '/:name{admin[^/]+}'"],
    ['/flights/:from-:to', "write '/:from{[^/]+-[^/]+}'"],
    ['/:file.json', "write '/:file{[^/]+[.]json}'"],
    ['/@:user', "write '/:user{@[^/]+}'"],
    ['/v:version', "write '/:version{v[^/]+}'"],
    ['/:x{[a-z]+}-:y', "write '/:x{[a-z]+-[^/]+}'"],
    ['/x/:id+', "written ':id{.+}'"],
    ['/x/:id*', "written ':id{.+}'"],
    ['/x/**', "written '/*'"],
    ['/ab?cd', "'/:name?', a segment of its own"],
    ['/a/{b}', "'/:name?', a segment of its own"],
    ['(.*)', "':id{[0-9]+}'"],
    ['/(a/b)*', "':id{[0-9]+}'"],
    ['/(a/*)', "':id{[0-9]+}'"],
    ['/:x{[}', 'Its expression is none'],
    ['/admin*', "write '/:name{admin[^/]+}'"],
    ['/a/:b?/c', "comes last: '/:name?'"],
    ['/a/*/*', "One '/*' at the end is for everything below"],
    ['/a/*/:b?', "One '/*' at the end is for everything below"],
    ['/files/:path{.+}/edit', 'An expression that matches several segments comes last'],
    ['/repo/:path{.+}/:rev', 'An expression that matches several segments comes last'],
    ['/:path{x/y}/z', 'An expression that matches several segments comes last'],
    ['/t/:token{.{20,}}/edit', "keep slashes out of it ('[^/]' for '.')"],
    ['/t/:token{\\S{20,}}/:tab', 'An expression that matches several segments comes last'],
    ['/t/:token{a[+-9]}/edit', 'An expression that matches several segments comes last'],
    ['/t/:token{a\\x2fb}/edit', 'An expression that matches several segments comes last'],
    ['/:file{.*[.]csv}/*', 'An expression that matches several segments comes last'],
    ['/odata/:id{[0-9]+}/$metadata', "write '/:text{[$]metadata}' for '/$metadata'"],
    ['/p/:lang{en|de}/[draft]', "write '/:text{[[]draft]}' for '/[draft]'"],
    ['/lang/:id{[0-9]+}/c++', "write '/:text{c[+][+]}' for '/c++'"],
    ['/:id{[0-9]+}/a|b', "write '/:text{a[|]b}' for '/a|b'"],
    ['/:id{[0-9]+}/(a)', "write '/:text{[(]a[)]}' for '/(a)'"],
    ['/:id{[0-9]+}/a^b\\c', "write '/:text{a\\\\^b\\\\\\\\c}' for '/a^b\\c'"],
    ['/:lang{(?!admin$)[a-z]+}/edit', "write '/:text{edit}' for '/edit'"],
    ['/:id{[0-9]+}/a/x@4', "write '/:text{x@4}' for '/x@4'"],
    ['//:id{[0-9]+}/@5', "write '/:text{@5}' for '/@5'"],
    ['/:x{^a$}', 'leave ^ and $ out'],
    ['/f1/:constructor', "name the parameter otherwise, such as ':constructorName'"],
    ['/:__proto__/:id', "such as ':protoName'"],
    ['/:toString{[a-z]+}/*', "such as ':toStringName'"],
    ['/caf%C3%A9', "percent-decoded: write 'café' for 'caf%C3%A9'."],
    ['/a%20b/:id/*', "percent-decoded: write 'a b' for 'a%20b'."],
  ])('%s', (path, fix) => {
    for (const method of ['get', 'use'] as const) expect(String(errorOf(method, path))).toContain(fix)
  })

  test.each([
    ['/admin/:tab?', "Write '/admin'"],
    ['/:area{[a-z]+}?', "Write '/'"],
    ['/files/:path{.+}', "Write '/files'"],
    ['/t/:token{.{20,}}', "Write '/t'"],
    ['/:n{\\d+}/:tab?', "Write '/:n{\\\\d+}'"],
  ])('for middleware, which is for everything below: %s', (path, fix) => {
    expect(errorOf('get', path)).toBeUndefined()
    expect(String(errorOf('use', path))).toContain(`everything below it. ${fix}, and look at req.path`)
  })

  test.each([['/flights/:from-:to?'], ['/:file.:ext?'], ['/:a?-:b'], ['/x:id{[0-9]+}?'], ['/:a-ab?']])(
    'what may be left out in a segment: %s',
    (path) => {
      expect(String(errorOf('get', path))).toContain(
        'a segment of its own. For anything else write two routes.',
      )
    },
  )

  test.each([['/:a{[^}]+}'], ['/:a{[{]+}'], ['/:a{x}}']])('a brace in an expression: %s', async (path) => {
    expect(String(errorOf('get', path))).toContain("written '\\\\{' or '\\\\}'")
  })

  test.each<[path: string, advice: string, matching: string[], others: string[]]>([
    ['/v:lang{en|de}', '/:lang{v(?:en|de)}', ['/ven', '/vde'], ['/de', '/ven/x']],
    ['/:id{[0-9]+}.:format{json|xml}', '/:id{[0-9]+[.](?:json|xml)}', ['/7.json', '/7.xml'], ['/xml']],
    ['/v:version{\\d+}', '/:version{v\\\\d+}', ['/v12'], ['/vd', '/v']],
    ['/v:x{^a$}-b', '/:x{va-b}', ['/va-b'], ['/v-b']],
    ["/o'neil-:x{[a']+}", "/:x{o\\'neil-[a\\']+}", ["/o'neil-a'"], ['/oneil-a']],
    ['/x:id+', '/:id{x.+}', ['/x7', '/x7/8'], ['/x', '/7']],
    ['/:id{1|2}+', '/:id{(?:1|2)(?:/(?:1|2))*}', ['/1', '/2/1/1'], ['/', '/1/', '/3', '/12']],
    ['/:a+:b', '/:a{[^/]+[+][^/]+}', ['/1+2'], ['/12', '/1+']],
    ['/v:constructor', '/:constructorName{v[^/]+}', ['/v7'], ['/7']],
    ['/x^:b', '/:b{x\\\\^[^/]+}', ['/x^a'], ['/xa', '/x^']],
    ['/[x]-\\:b', '/:b{[[]x]-\\\\\\\\[^/]+}', ['/[x]-%5Ca'], ['/x-a']],
    ['/v:größe', '/:größe{v[^/]+}', ['/v7'], ['/v', '/7']],
    ['/*größe.csv', '/:größe{.+[.]csv}', ['/a.csv', '/a/b.csv'], ['/.csv', '/acsv']],
    ['/:file.json', '/:file{[^/]+[.]json}', ['/a.json'], ['/ajson', '/.json']],
    ['/:n{\\d+}/*path', '/:n{\\\\d+}/*', ['/12/a'], ['/d/a']],
  ])('and what to write instead for %s is taken and matches', async (path, advice, matching, others) => {
    const [, shown] = /[Ww]rite '((?:\\.|[^'\\])+)'/.exec(String(errorOf('get', path))) ?? []
    expect(shown).toBe(advice)
    const app = testApp()
    app.get(String(runInNewContext(`'${advice}'`)), (_req, res) => res.end())
    for (const address of matching)
      expect([address, (await app.request(address)).status]).toEqual([address, 200])
    for (const address of others)
      expect([address, (await app.request(address)).status]).toEqual([address, 404])
  })

  test('an optional parameter that every object has', () => {
    expect(String(errorOf('get', '/x/:valueOf?'))).toContain("such as ':valueOfName'")
    expect(String(errorOf('get', '/x/*constructor'))).toContain("or '/x/:constructorName{.+}'")
  })

  test('a route without a path, its handler first', () => {
    expect(String(errorOf('get', () => {}))).toContain('needs a path, and was given a function.')
  })

  test.each([[[]], [[undefined]], [['/account', undefined]]])(
    'while use of %j is told to want a middleware',
    (args) => {
      const app = testApp()
      expect(() => Reflect.apply(app.use, app, args)).toThrow('needs one or more functions')
    },
  )
})

describe('what matches is taken', () => {
  test.each<[unknown, string, object]>([
    ['name', '/name', {}],
    ['', '/', {}],
    ['/', '/', {}],
    ['*', '/a/b', {}],
    ['/*', '/a/b', {}],
    ['/files/*', '/files', {}],
    ['/:proto/:string/:constructors', '/a/b/c', { proto: 'a', string: 'b', constructors: 'c' }],
    ['/constructor/__proto__', '/constructor/__proto__', {}],
    ['/files/*/edit', '/files/a/edit', {}],
    ['/files/:path{.+}', '/files/a/b', { path: 'a/b' }],
    ['/:path{a/*b}', '/a/b', { path: 'a/b' }],
    ['/:year{[0-9]{4}}', '/2026', { year: '2026' }],
    ['/:year{(19|20)[0-9]+}', '/2026', { year: '2026' }],
    ['/posts/:id?', '/posts', {}],
    ['/a(b)', '/a(b)', {}],
    ['/a(b)/*', '/a(b)/c', {}],
    ['/a(b)/*/edit', '/a(b)/c/edit', {}],
    ['/:lang?', '/', {}],
    ['/x/:id{[0-9]+}?', '/x', {}],
    ['/x/:id{[0-9]?}?', '/x/7', { id: '7' }],
    ['/:id{[0-9]?}/:tab?', '/7/mail', { id: '7', tab: 'mail' }],
    ['/x//:tab?', '/x//mail', { tab: 'mail' }],
    ['/x//:tab?', '/x/', {}],
    ['//:tab?', '//mail', { tab: 'mail' }],
    ['/:lang{en|de}/about', '/de/about', { lang: 'de' }],
    ['/repo/:rev/:path{.+}', '/repo/c/a/b', { path: 'a/b', rev: 'c' }],
    ['/:file{[^/]+[.]csv}/edit', '/a.csv/edit', { file: 'a.csv' }],
    ['/:a{(x|y)z}/:b{[0-9]{2}}', '/xz/12', { a: 'xz', b: '12' }],
    ['/d/:date{\\d{4}-[^/]+}', '/d/2024-01-05', { date: '2024-01-05' }],
    ['/u/:name{[a-z]{3}[^/]*}/edit', '/u/abcdef/edit', { name: 'abcdef' }],
    ['/:path{[a-z]{1}\\/[0-9]{2}}?', '/a/12', { path: 'a/12' }],
    ['/:x{[0-9]{2}0xxxxxxxxx[0-9]{2}}', '/120xxxxxxxxx34', { x: '120xxxxxxxxx34' }],
    ['/:a{x}/:b{@3}', '/x/@3', { a: 'x', b: '@3' }],
    ['/:a{x\\n|x\n\n}', '/x%0A%0A', { a: 'x\n\n' }],
    ['/:id{[0-9]+}/logo@2x.png', '/7/logo@2x.png', { id: '7' }],
    ['/:id{[0-9]+}/:text{c[+][+]}', '/7/c++', { id: '7', text: 'c++' }],
    ['/:id{[0-9]+}/:text{[[]draft]}', '/7/[draft]', { id: '7', text: '[draft]' }],
    ['/:id{[0-9]+}/:text{a\\^b\\\\c}', '/7/a%5Eb%5Cc', { id: '7', text: 'a^b\\c' }],
    ['/:id/c++', '/7/c++', { id: '7' }],
    ['/:lang{(?!admin$)[a-z]+}/*', '/administrator/edit', { lang: 'administrator' }],
    ['/t/:tag{[\\w$&-]+}', '/t/a&$b', { tag: 'a&$b' }],
    ["/t/:name{[\\w$'-]+}/edit", "/t/o'neil/edit", { name: "o'neil" }],
    ['/:a{[$`]+}/:b{\\$&[0-9]}', '/$`/$&7', { a: '$`', b: '$&7' }],
    ['/:a{a|\\$\\$}/x@4', '/$$/x@4', { a: '$$' }],
    ['/:a{(?<$a>[$x])\\k<$a>}', '/$$', { a: '$$' }],
    ['/:a{[^/\\}]+}/:b{[\\{]\\}5}', '/x%7By/%7B%7D5', { a: 'x{y', b: '{}5' }],
    ['/a%2Fb', '/a%2Fb', {}],
    ['/100%25', '/100%25', {}],
    ['/100%', '/100%', {}],
    ['/:name{%41|b}', '/b', { name: 'b' }],
    ['/café/:naïve', '/caf%C3%A9/1', { naïve: '1' }],
    [['/a', '/b'], '/b', {}],
  ])('%o', async (path, address, params) => {
    const app: App = testApp()
    Reflect.apply(app.get, app, [path, (req: { params: object }) => Response.json(req.params)])
    const response = await app.request(address)
    expect([response.status, await response.json()]).toEqual([200, params])
  })

  test.each([
    ['/t/:tag{[\\w$&-]+}', '/t/a@7'],
    ["/t/:tag{[A-Z$'`]+}", '/t/a'],
    ['/t/:tag{[^$&+,/:;=?@]+}', '/t/a&b'],
    ['/t/:tag{\\$\\$}', '/t/$'],
  ])('%s is a path of middleware that does not run for %s', async (path, address) => {
    const app = testApp()
    app.use(path, (_req, res) => res.status(401).end()).get('/t/*', (_req, res) => res.end())
    expect((await app.request(address)).status).toBe(200)
  })

  test('as a path of middleware too, with parentheses that stand for themselves', async () => {
    const app = testApp()
    app.use('/wiki/Foo_(bar)', (_req, res) => res.status(401).end()).get('/wiki/*', (_req, res) => res.end())
    const addresses = ['/wiki/Foo_(bar)', '/wiki/Foo_(bar)/edit', '/wiki/Foo_bar']
    const statuses = addresses.map(async (address) => (await app.request(address)).status)
    expect(await Promise.all(statuses)).toEqual([401, 401, 200])
  })

  test('and nothing else: an empty segment is one', async () => {
    const app = testApp()
    app.get('/x//:tab?', (_req, res) => res.end())
    expect((await app.request('/x/mail')).status).toBe(404)
    expect((await app.request('/x')).status).toBe(404)
  })

  test('also of a route of Hono’s own that may be left out twice', async () => {
    const app = testApp()
    app.hono.get('/api/:kind?/:id?', (c) => c.json(c.req.param()))
    const bodies = ['/api', '/api/a', '/api/a/7'].map(async (at) => (await app.request(at)).json())
    expect(await Promise.all(bodies)).toEqual([{}, { kind: 'a' }, { kind: 'a', id: '7' }])
  })
})
