// What the subjects use of libraries that only the benchmark installs, so that the whole repository can be type
// checked without them.

declare module 'iron-session' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  export function getIronSession<Data extends object>(
    request: IncomingMessage,
    response: ServerResponse,
    options: { password: string; cookieName: string; cookieOptions: { secure: boolean } },
  ): Promise<Partial<Data> & { save(): Promise<void> }>
}

declare module 'hono-sessions' {
  import type { MiddlewareHandler } from 'hono'
  export class MemoryStore {}
  export interface Session {
    get(key: string): unknown
    set(key: string, value: unknown): void
  }
  export function sessionMiddleware(options: {
    store: MemoryStore
    expireAfterSeconds: number
    cookieOptions: { path: string; httpOnly: boolean; sameSite: string }
  }): MiddlewareHandler<{ Variables: { session: Session } }>
}

declare module 'koa-session' {
  import type Koa from 'koa'

  interface ExternalStore {
    get(key: string): Promise<unknown>
    set(key: string, session: unknown): Promise<void>
    destroy(key: string): Promise<void>
  }
  function createSession(options: { store: ExternalStore }, app: Koa): Koa.Middleware
  export default createSession
}

declare module '@fastify/session' {
  import type { FastifyPluginAsync } from 'fastify'

  const plugin: FastifyPluginAsync<{
    secret: string
    cookie: { secure: boolean }
    saveUninitialized: boolean
    rolling: boolean
    store?: object
  }>
  export default plugin
}

declare module '@fastify/secure-session' {
  import type { FastifyPluginAsync } from 'fastify'

  const plugin: FastifyPluginAsync<{
    key: Buffer
    cookie: { path: string; httpOnly: boolean; secure: boolean }
  }>
  export default plugin
}

declare module 'better-auth' {
  interface Storage {
    get(key: string): Promise<string | null>
    set(key: string, value: string): Promise<void>
    delete(key: string): Promise<void>
  }
  interface Auth {
    api: {
      getSession(request: { headers: Headers }): Promise<{ user: { email: string } } | null>
      signUpEmail(request: {
        body: { email: string; name: string; password: string }
        returnHeaders: true
      }): Promise<{ headers: Headers }>
    }
  }
  export function betterAuth(options: {
    baseURL: string
    secret: string
    database: object
    secondaryStorage: Storage
    telemetry: { enabled: boolean }
    rateLimit: { enabled: boolean }
    emailAndPassword: {
      enabled: boolean
      password: { hash(password: string): Promise<string>; verify(): Promise<boolean> }
    }
  }): Auth
}

declare module 'better-auth/adapters/memory' {
  export function memoryAdapter(tables: Record<string, object[]>): object
}

declare module 'connect-pg-simple' {
  import type session from 'express-session'
  import type { Pool } from 'pg'

  function connectPgSimple(
    library: typeof session,
  ): new (options: {
    pool: Pool
    createTableIfMissing: boolean
  }) => session.Store
  export default connectPgSimple
}

declare module 'autocannon' {
  interface Sent {
    path: string
    headers: Record<string, string>
  }
  interface Result {
    duration: number
    errors: number
    non2xx: number
    requests: { total: number }
  }
  export default function autocannon(options: {
    url: string
    connections: number
    duration: number
    requests: Sent[]
    setupClient(client: { setRequests(requests: Sent[]): void }): void
  }): Promise<Result> & { stop(): void }
}
