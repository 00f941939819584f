/** A framework that sessions are mounted on. */
export type Framework = 'node' | 'hono' | 'fastify' | 'koa' | 'express'

/** Where a subject keeps its sessions. */
export type StoreName = 'memory' | 'sqlite' | 'redis' | 'postgres'

/** The paths every subject answers with GET. */
export type Route = '/login' | '/read' | '/write' | '/plain'

/** What a server is started with. */
export interface Setup {
  store: StoreName
  /** Where the store is: a URL, or a file for SQLite. Empty for memory. */
  storeUrl: string
  /** The size of each session's data, in bytes of JSON. */
  sessionBytes: number
}

/**
 * One server to measure: a framework, and what keeps its sessions.
 *
 * It answers in JSON: `/login` puts the sample session in place and says `{ ok: true }`; `/read` gives
 * `{ email }` of the session, `null` without one; `/write` counts and gives `{ count }`; `/plain` says
 * `{ ok: true }` and leaves the session alone.
 */
export interface Subject {
  framework: Framework
  /** What tables call it. */
  name: string
  /**
   * `bare` is the framework without sessions, which every ratio is taken to. `floor` is that with an empty
   * middleware, the least that any session middleware can do on that framework, or with a tick kept. A reference shows what a minimum
   * costs. A peer is somebody else's library.
   */
  kind: 'bare' | 'floor' | 'ours' | 'peer' | 'reference'
  /** The stores it can run on. A bare framework and a library that keeps all in the cookie stand beside `memory`. */
  stores: readonly StoreName[]
  /** The routes it is asked about, when not all. */
  routes?: readonly Route[]
  /** How large its heap may grow, when more than Node allows by itself. */
  heapMegabytes?: number
  /** Starts it on a free port of 127.0.0.1. */
  serve(setup: Setup): Promise<{ port: number }>
}

/** What tables call our sessions when they are mounted at the Node server, below a framework whose middleware costs more. */
export const AT_NODE = 'coatcheck, at the Node server'

export const ALL_STORES: readonly StoreName[] = ['memory', 'sqlite', 'redis', 'postgres']

/**
 * The routes of what is no middleware but is called by the handlers that want it: with a handler that does not,
 * it is the bare framework.
 */
export const CALLED_BY_HANDLERS: readonly Route[] = ['/login', '/read', '/write']

/**
 * What the floors of all frameworks have in common. They let `/plain` pass, and set `Vary: Cookie` on the answers of
 * `/read` and `/write`, as must whatever answers by a session. Making one (`/login`) has no such minimum.
 */
export const FLOOR: Pick<Subject, 'name' | 'kind' | 'stores' | 'routes'> = {
  name: 'empty middleware',
  kind: 'floor',
  stores: ['memory'],
  routes: ['/read', '/write', '/plain'],
}

/** What the bare frameworks have in common whose Node keeps a tick, as ours does: what of our figures is not the session's doing. */
export const TICK_KEPT: Pick<Subject, 'name' | 'kind' | 'stores' | 'routes'> = {
  name: 'bare, its tick kept',
  kind: 'floor',
  stores: ['memory'],
  routes: ['/read'],
}

/** Whether a subject tells visitors apart. */
export function hasSessions({ kind }: Subject): boolean {
  return kind !== 'bare' && kind !== 'floor'
}
