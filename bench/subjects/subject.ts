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
   * `bare` is the framework without sessions, which every ratio is taken to. A reference shows what a minimum
   * costs. A peer is somebody else's library.
   */
  kind: 'bare' | 'ours' | 'peer' | 'reference'
  /** The stores it can run on. A bare framework and a library that keeps all in the cookie stand beside `memory`. */
  stores: readonly StoreName[]
  /** The routes it is asked about, when not all. */
  routes?: readonly Route[]
  /** Starts it on a free port of 127.0.0.1. */
  serve(setup: Setup): Promise<{ port: number }>
}

export const ALL_STORES: readonly StoreName[] = ['memory', 'sqlite', 'redis', 'postgres']

/**
 * The routes of what is no middleware but is called by the handlers that want it: with a handler that does not,
 * it is the bare framework.
 */
export const CALLED_BY_HANDLERS: readonly Route[] = ['/login', '/read', '/write']
