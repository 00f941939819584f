import assert from 'node:assert'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { format, inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { session as nodeSession } from '../../src/adapters/node.ts'
import type { StoreOperation } from '../../src/core/errors.ts'
import { EVENT_NAMES } from '../../src/core/events.ts'
import type { Session } from '../../src/core/session.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { settle } from '../engine/later-store.ts'
import { serve } from '../engine/serve.ts'
import { SECRET, start, startFaulty } from '../engine/start.ts'

interface Data {
  userId: string
  card: string
  count: number
}

afterEach(() => void vi.restoreAllMocks())

const CARD = '4111-1111-1111-1111'
const OTHER_SECRET = 'the-old-secret-0123456789-abcdefghijkl'

const HANDLERS: ReadonlyArray<(session: Session<Data>) => unknown> = [
  (session) => session.count,
  (session) => session.set('card', CARD),
  (session) => session.set('count', Math.random()),
  (session) => session.set('userId', `user${Math.random()}`),
  (session) => session.update((draft) => void Object.assign(draft, { count: 1, card: CARD })),
  (session) => session.regenerate({ keep: true }),
  (session) => session.clear(),
  (session) => session.destroy(),
  (session) => session.save(),
  (session) => session.reload(),
  (session) => Reflect.set(session, 'save', CARD),
  (session) => Reflect.set(session, 'card', { number: CARD, self: 1n }),
  (session) => Object.assign(session, { card: CARD.repeat(1_000) }),
]
const FAULTS: readonly StoreOperation[] = ['get', 'create', 'replace', 'touch', 'destroy']

/** Everything that is shown to anybody, as texts. */
function listen(): { shown: string[]; note(what: unknown): void; end(): void } {
  const shown: string[] = []
  const note = (what: unknown): void => {
    shown.push(
      typeof what === 'string' ? what : inspect(what, { depth: 12, showHidden: true, getters: true }),
    )
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => args.forEach(note))
  }
  vi.spyOn(process, 'emitWarning').mockImplementation((...args) => args.forEach(note))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    note(text)
    return true
  })
  for (const name of EVENT_NAMES) subscribe(`coatcheck:${name}`, note)
  const end = (): void => {
    for (const name of EVENT_NAMES) unsubscribe(`coatcheck:${name}`, note)
  }
  return { shown, note, end }
}

function remember({ ticket }: Browser<Data>, secrets: Set<string>): void {
  for (const part of ticket?.split('.') ?? []) secrets.add(part)
}

test('[A28] nothing shown in 300 mixed requests, many of them failing, holds a token, a signature, a secret or data [A28] [C73]', async () => {
  const ears = listen()
  const secrets = new Set([SECRET, OTHER_SECRET, CARD])
  const { browser, clock, sessions, store } = startFaulty<Data>({
    secret: [SECRET, OTHER_SECRET],
    idleTimeout: '30m',
    maxBytes: 2_000,
  })
  const log = new EventLog(sessions)
  sessions.on('loaded', () => {
    throw new Error('a listener of the app')
  })
  let failures = 0
  for (let visit = 0; visit < 300; visit++) {
    const handler = HANDLERS[visit % HANDLERS.length] ?? (() => {})
    const fault = FAULTS[visit % 11]
    if (fault !== undefined && visit % 3 === 0) {
      store.fail(fault, {
        nth: 1,
        // Drivers hang the command and its values on their errors.
        error: Object.assign(new Error('the driver failed'), { command: ['SET', CARD], parameters: [CARD] }),
      })
    }
    if (visit % 17 === 0) clock.advance('31m')
    if (visit % 13 === 0 && browser.ticket !== null) browser.ticket = `${browser.ticket.slice(0, -1)}A`
    remember(browser, secrets)
    try {
      await browser.request(handler)
    } catch (error) {
      failures++
      ears.note(error)
      ears.note(error instanceof Error ? [error.message, error.stack, error.cause] : error)
      ears.note(JSON.stringify(error))
    }
    remember(browser, secrets)
    store.heal()
  }
  await settle()
  ears.end()
  for (const { event } of log.entries) ears.note(event)
  ears.note(sessions)
  expect(failures).toBeGreaterThan(50)
  expect(ears.shown.length).toBeGreaterThan(300)
  expect(secrets.size).toBeGreaterThan(50)
  const leaks = ears.shown.flatMap((text) =>
    [...secrets].filter((secret) => secret.length > 5 && text.includes(secret)).map(() => text.slice(0, 200)),
  )
  expect(leaks).toEqual([])
})

test('[A28] over HTTP, an error says neither what the driver said nor where [A28] [C75]', async () => {
  const ears = listen()
  const { sessions, store } = startFaulty<Data>()
  const url = await serve(
    nodeSession(sessions, (request, response) => {
      request.session.card = CARD
      response.end('done')
    }),
  )
  store.fail('create', { error: new Error('password authentication failed for user app at db.internal') })
  const response = await fetch(url)
  const body = await response.text()
  ears.end()
  expect(response.status).toBe(503)
  expect(body).not.toMatch(/password|db\.internal|at |Error:|4111/)
  expect([...response.headers].join()).not.toMatch(/password|db\.internal|4111/)
})

function messageOf(work: () => unknown): string {
  try {
    return inspect(work())
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${inspect(error, { depth: 12 })}` : String(error)
  }
}

const LOOK_AT_ALL = { depth: 20, showHidden: true, getters: true }
const WAYS_TO_LOOK: ReadonlyArray<[string, (what: object) => string]> = [
  ['console.dir', (what) => inspect(what, { ...LOOK_AT_ALL, customInspect: false })],
  [
    'console.dir with proxies',
    (what) => inspect(what, { ...LOOK_AT_ALL, customInspect: false, showProxy: true }),
  ],
  ['inspect', (what) => inspect(what, { ...LOOK_AT_ALL, showProxy: true })],
  ['format', (what) => format('%O %o %j %s', what, what, what, what)],
  ['assert.deepStrictEqual', (what) => messageOf(() => assert.deepStrictEqual(what, { count: 2 }))],
  ['assert.deepEqual', (what) => messageOf(() => assert.deepEqual({ what }, { what: { count: 2 } }))],
  ['assert.strictEqual', (what) => messageOf(() => assert.strictEqual(what, null))],
  ['expect.toEqual', (what) => messageOf(() => expect(what).toEqual({ count: 2 }))],
  ['structuredClone', (what) => messageOf(() => structuredClone(what))],
]

test.each(WAYS_TO_LOOK)('%s of a session shows no ticket [A28] [C73]', async (_name, look) => {
  const { browser, sessions, store } = startFaulty<Data>({ onStoreFailure: 'anonymous' })
  await browser.request((session) => session.set('count', 1))
  const loaded = await sessions.open(browser.cookie)
  const readonly = await sessions.read(browser.cookie ?? '')
  store.fail('get', { error: new Error('the store is down') })
  const unreachable = await sessions.open(browser.cookie)
  store.heal()
  const stranger = new Browser(sessions)
  const fresh = await stranger.arrive()
  fresh.session.count = 1
  await fresh.session.save()
  const passages = [loaded, unreachable].flatMap((passage) => [passage, passage.session])
  const shown = [...passages, readonly, fresh.session, Object.create(readonly)].map(look)
  stranger.receive(await fresh.leave())
  const secrets = new Set<string>()
  for (const visitor of [browser, stranger]) remember(visitor, secrets)
  expect(secrets.size).toBe(4)
  expect(shown.filter((text) => [...secrets].some((secret) => text.includes(secret)))).toEqual([])
})

test('what looks behind the proxy of a session says where the data is, and comparing one goes by the data', async () => {
  const { browser } = start<Data>()
  await browser.request((session) => session.set('count', 1))
  const { session } = await browser.arrive()
  assert.deepEqual(session, { count: 1 })
  expect(session).toEqual({ count: 1 })
  expect(inspect(session, { customInspect: false })).toContain('session.toJSON() has its data')
  expect(messageOf(() => assert.deepStrictEqual(session, { count: 2 }))).toContain('session.toJSON()')
})
