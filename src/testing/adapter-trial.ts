import type { Awaitable } from '../core/awaitable.ts'
import type { SessionsOptions } from '../core/options.ts'
import type { DefaultData } from '../core/session-data.ts'
import { createSessions, type Sessions } from '../core/sessions.ts'
import { MemorySessionStore } from '../stores/memory.ts'
import type { AdapterApp, Answer, RouteContext, ServedApp } from './adapter-app.ts'
import { AdapterVisitor, type Reply, read } from './adapter-visitor.ts'
import { assert } from './assert.ts'
import { type BarrierStore, barrierStore, type Gate } from './barrier-store.ts'
import { createClock, type TestClock } from './clock.ts'
import { type FaultyStore, faultyStore } from './faulty-store.ts'
import { interceptStore } from './intercept-store.ts'

/** Builds an app in the framework whose adapter is tested, and starts it. */
export type ServeApp = (app: AdapterApp) => Awaitable<ServedApp>

/** Whether the store answers with plain values, or with promises a turn of the event loop later. */
export type Pace = 'at once' | 'later'

/** Routes by path. */
export type Routes = Record<string, (context: RouteContext) => Awaitable<Answer>>

/** An app that is running for a case. */
export interface TrialApp extends ServedApp {
  /** Makes a browser that has no cookies. */
  visitor(): AdapterVisitor
}

/** Thrown by a case that cannot be run where it is, with the reason. */
export class NotRunnable extends Error {}

const SECRET = 'adapter-conformance-0123456789abcdef'

/** What one run of a case works with: a store that can be held and made to fail, a manager, and apps. */
export class AdapterTrial {
  /** The memory store at the bottom, to look into. */
  readonly memory: MemorySessionStore
  /** What the managers speak to. */
  readonly store: MemorySessionStore & BarrierStore & FaultyStore
  /** The clock of the store and the managers. It stands still. */
  readonly clock: TestClock = createClock()
  /** A manager with nothing but defaults. */
  readonly sessions: Sessions
  readonly #serve: ServeApp
  readonly #served: ServedApp[] = []

  constructor(serve: ServeApp, pace: Pace) {
    this.#serve = serve
    this.memory = new MemorySessionStore({ now: this.clock.now })
    const paced = pace === 'at once' ? this.memory : later(this.memory)
    this.store = barrierStore(faultyStore(paced))
    this.sessions = this.manager()
  }

  /** Makes a manager on the trial's store. */
  manager(options: Partial<SessionsOptions<DefaultData>> = {}): Sessions {
    return createSessions({ secret: SECRET, store: this.store, now: this.clock.now, ...options })
  }

  /** Serves these routes, with one manager mounted. */
  serve(routes: Routes, sessions: Sessions = this.sessions): Promise<TrialApp> {
    return this.serveApp({ path: '', mounts: [sessions], routes: routesOf(routes) })
  }

  /** Serves an app, and stops it after the case. It also answers `/ping`, without using the session. */
  async serveApp(app: AdapterApp): Promise<TrialApp> {
    const served = await this.#serve({ ...app, routes: [...app.routes, PING] })
    this.#served.push(served)
    return { ...served, visitor: () => new AdapterVisitor(served) }
  }

  /** Stops what was started. */
  async close(): Promise<void> {
    this.store.heal()
    for (const served of this.#served) await served.close()
    this.memory.dispose()
  }
}

const PING = { path: '/ping', answer: (): Answer => json({ pong: true }) }

/** Turns routes by path into a list. */
export function routesOf(routes: Routes): AdapterApp['routes'] {
  return Object.entries(routes).map(([path, answer]) => ({ path, answer }))
}

/** Makes an answer in JSON. */
export function json(body: object): Answer {
  return { kind: 'json', body }
}

/**
 * Sends a request whose response must wait at a gate, checks that its headers do, lets them go and reads the response.
 */
export async function visitHeld(
  app: TrialApp,
  visitor: AdapterVisitor,
  path: string,
  gate: Gate,
  init?: RequestInit,
): Promise<Reply> {
  let here = false
  const opened = visitor.open(path, init).then((response) => {
    here = true
    return response
  })
  await Promise.race([gate.reached, opened])
  // The same server answers others meanwhile: what was to leave before the save has left by then.
  for (let count = 0; count < 2; count++) await app.visitor().json('/ping')
  assert(!here, `${path}: the response's headers left before the session was saved`)
  gate.release()
  return read(await opened)
}

/** Waits for something that happens outside a response, at most two seconds. */
export async function eventually(holds: () => Awaitable<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert(false, `within two seconds: ${what}`)
}

function later(store: MemorySessionStore): MemorySessionStore {
  return interceptStore(
    store,
    async (_operation, run) => {
      await new Promise((resolve) => setTimeout(resolve, 0))
      return run()
    },
    {},
  )
}
