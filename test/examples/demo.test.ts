import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Visitor } from '../../src/testing/visitor.ts'
import { freePort } from '../servers/free-port.ts'
import { type RunningExample, runExample, startExample } from './start-example.ts'

const MAIN = 'examples/demo/main.ts'
const PAGE = { accept: 'text/html,application/xhtml+xml' }

let demo: RunningExample

beforeAll(async () => {
  demo = await startExample(MAIN, {
    PORT: '0',
    NODE_ENV: 'development',
    SESSION_SECRET: 'a-secret-of-the-demo-test-0123456789',
  })
})

afterAll(async () => {
  expect(await demo.stop()).toBe(0)
})

/** A person: asks for pages, sends forms and follows where they lead. */
class Person extends Visitor {
  constructor() {
    super(demo.url)
  }

  async open(path: string): Promise<{ status: number; text: string; path: string }> {
    return this.#follow(path, await this.get(path, { headers: PAGE }))
  }

  async submit(
    path: string,
    fields: Record<string, string> = {},
  ): Promise<{ status: number; text: string; path: string }> {
    const body = new URLSearchParams(fields)
    return this.#follow(path, await this.send(path, { method: 'POST', body, headers: PAGE }))
  }

  async logIn(email: string, password: string, more: Record<string, string> = {}): Promise<string> {
    return (await this.submit('/login', { email, password, ...more })).text
  }

  async #follow(path: string, response: Response): Promise<{ status: number; text: string; path: string }> {
    const location = response.headers.get('location')
    const text = await response.text()
    return location === null ? { status: response.status, text, path } : this.open(location)
  }
}

const ADA = ['ada@example.com', 'analytical'] as const
const GRACE = ['grace@example.com', 'compiler'] as const

describe('the demo, clicked through', () => {
  test('every page it links to is there, and loads nothing from elsewhere', async () => {
    const person = new Person()
    const front = await person.open('/')
    const links = [...front.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path ?? '')
    expect(links.length).toBeGreaterThan(8)
    for (const path of links) {
      expect(path).toMatch(/^[/#]/)
      if (path.startsWith('/')) expect((await person.open(path)).status).toBe(200)
    }
    const { headers } = await person.get('/', { headers: PAGE })
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('the front page names the address it was asked at in its commands', async () => {
    const { host } = new URL(demo.url)
    const { text } = await new Person().open('/')
    const commands = text.slice(text.indexOf('<pre'), text.indexOf('</pre>'))
    for (const path of ['/counter', '/login', '/dashboard']) expect(commands).toContain(` ${host}${path}`)
  })

  test('looking around leaves no cookie', async () => {
    const person = new Person()
    for (const path of ['/', '/login', '/cart', '/timeout']) await person.open(path)
    expect(person.cookies.size).toBe(0)
  })

  test('the counter counts per visitor', async () => {
    const person = new Person()
    await person.open('/visits')
    expect((await person.open('/visits')).text).toContain('<strong>2</strong>')
    expect((await new Person().open('/visits')).text).toContain('<strong>1</strong>')
  })

  test('a wrong password is told, with the email kept and escaped', async () => {
    const person = new Person()
    const answer = await person.submit('/login', { email: '"><script>alert(1)</script>', password: 'x' })
    expect(answer.status).toBe(401)
    expect(answer.text).toContain('role="alert">Email and password do not go together')
    expect(answer.text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
  })

  test('login opens the dashboard under a new id, logout closes it', async () => {
    const person = new Person()
    await person.open('/visits')
    const before = person.cookies.get('sid')
    expect((await person.open('/dashboard')).path).toBe('/login?needed=1')
    expect(await person.logIn(...ADA)).toContain('Hello, ada@example.com')
    expect(person.cookies.get('sid')).not.toBe(before)
    expect((await person.open('/visits')).text).toContain('<strong>2</strong>')
    await person.submit('/logout')
    expect((await person.open('/dashboard')).path).toBe('/login?needed=1')
  })

  test('the dashboard lists one’s sessions and logs out everywhere else', async () => {
    const [here, there] = [new Person(), new Person()]
    await there.logIn(...GRACE)
    const page = await here.logIn(...GRACE)
    expect(page.match(/<td><code>/g)).toHaveLength(2)
    expect(page.match(/this one/g)).toHaveLength(1)
    expect((await here.submit('/sessions/end-others')).text).toContain('Other sessions ended: 1.')
    expect((await here.open('/dashboard')).text).toContain('Hello')
    expect((await there.open('/dashboard')).path).toBe('/login?needed=1')
  })

  test('the admin page is for admins, who can log others out', async () => {
    const [ada, grace] = [new Person(), new Person()]
    expect((await new Person().open('/admin')).path).toBe('/login?needed=1')
    await grace.logIn(...GRACE)
    expect((await grace.open('/admin')).status).toBe(403)
    await ada.logIn(...ADA)
    expect((await ada.open('/admin')).text).toContain('<td>grace@example.com</td><td>member</td>')
    expect((await ada.submit('/admin/users/2/end')).text).toMatch(/Sessions ended: [1-9]/)
    expect((await grace.open('/dashboard')).path).toBe('/login?needed=1')
  })

  test('the cart keeps what parallel clicks put in [P3]', async () => {
    const person = new Person()
    await person.submit('/cart/add', { itemId: 'hat' })
    await Promise.all(
      ['scarf', 'scarf', 'gloves', 'hat'].map((itemId) => person.submit('/cart/add', { itemId })),
    )
    const { text } = await person.open('/cart')
    expect(text).toContain('In your cart: 5')
    expect(text).toContain(`${2 * 48 + 2 * 35 + 62} €`)
    expect((await person.submit('/cart/remove', { itemId: 'gloves' })).text).toContain('In your cart: 4')
    const refused = await person.submit('/cart/add', { itemId: 'anvil' })
    expect([refused.status, refused.text.includes('There is no such item.')]).toEqual([400, true])
  })

  test('a remembered device is logged in again when its session is gone, until logout', async () => {
    const person = new Person()
    expect(await person.logIn(...ADA, { rememberMe: 'on' })).toContain('This device is remembered')
    const first = person.cookies.get('sid')
    expect((await person.submit('/sessions/lose')).text).toContain('Hello, ada@example.com')
    expect(person.cookies.get('sid')).not.toBe(first)
    await person.submit('/logout')
    expect(person.cookies.size).toBe(0)
    expect((await person.open('/dashboard')).path).toBe('/login?needed=1')
  })

  test('the short session counts down beside the visitor’s own', async () => {
    const person = new Person()
    await person.logIn(...ADA)
    expect((await person.open('/timeout')).text).toContain('There is no short session')
    const { text } = await person.submit('/timeout/start')
    const left = Number(/data-left="(\d+)" data-then="reload"/.exec(text)?.[1])
    expect(left).toBeGreaterThan(15_000)
    expect(left).toBeLessThanOrEqual(20_000)
    expect(text).toContain('ada@example.com')
    expect([...person.cookies.keys()].sort()).toEqual(['short_sid', 'sid'])
  })

  test('an unknown address is a page that says so', async () => {
    const { status, text } = await new Person().open('/nowhere')
    expect([status, text.includes('There is no page at this address.')]).toEqual([404, true])
  })
})

describe('the demo, asked by a program', () => {
  test('answers the guide’s paths in JSON', async () => {
    const program = new Visitor(demo.url)
    const json = async (response: Promise<Response>): Promise<[number, unknown]> => {
      const answer = await response
      return [answer.status, await answer.json()]
    }
    expect(await json(program.get('/counter'))).toEqual([200, { visits: 1 }])
    expect(await json(program.get('/counter', { headers: PAGE }))).toEqual([200, { visits: 2 }])
    expect(await json(program.get('/dashboard'))).toEqual([401, { error: 'Authentication required' }])
    const credentials = { email: 'user@example.com', password: 'password' }
    expect(await json(program.post('/login', { ...credentials, password: 'no' }))).toEqual([
      401,
      { error: 'Invalid credentials' },
    ])
    expect(await json(program.post('/login', credentials))).toEqual([200, { success: true }])
    expect(await json(program.get('/dashboard'))).toEqual([200, { user: 'user@example.com', loggedIn: true }])
    expect(await json(program.get('/admin'))).toEqual([403, { error: 'Admin only' }])
    expect(await json(program.post('/cart/add', { itemId: 'hat' }))).toEqual([200, { cartSize: 1 }])
    expect(await json(program.post('/logout'))).toEqual([200, { message: 'Logged out successfully' }])
    expect(await json(program.get('/dashboard'))).toEqual([401, { error: 'Authentication required' }])
    expect(await json(program.get('/nowhere'))).toEqual([404, { error: 'Not Found' }])
  })
})

describe('starting the demo', () => {
  test('on a taken port says so, names the way out, and ends with 1', async () => {
    const { code, output } = await runExample(MAIN, { PORT: new URL(demo.url).port })
    expect(code).toBe(1)
    expect(output).toContain('is taken')
    expect(output).toContain('PORT=0 for a free one')
  })

  test('on a port of one’s own, without a secret, makes one up and says so', async () => {
    const port = String(await freePort())
    const other = await startExample(MAIN, { PORT: port, SESSION_SECRET: undefined })
    expect(other.url).toBe(`http://localhost:${port}`)
    expect(other.output()).toContain('SESSION_SECRET is not set')
    expect(await (await fetch(`${other.url}/counter`)).json()).toEqual({ visits: 1 })
    expect(await other.stop()).toBe(0)
  })
})
