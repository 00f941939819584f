import { type ExecutionContext, Hono, type MiddlewareHandler } from 'hono'
import { type SessionEnv, session } from '../adapters/hono.ts'
import { ConfigError } from '../core/errors.ts'
import type { DefaultData } from '../core/session-data.ts'
import { buildSessions, type Sessions } from '../core/sessions.ts'
import type { StorableData } from '../core/storable-data.ts'
import { type AppOptions, type AppSettings, resolveAppOptions } from './app-options.ts'
import { DirectRouter } from './direct-router.ts'
import { type DirectSettings, runDirectly } from './direct-run.ts'
import { ErrorHandling, type ErrorReporter } from './error-handling.ts'
import { Exchanges } from './exchange.ts'
import type { ErrorHandler, Handler } from './handler.ts'
import { ListenError } from './listen-error.ts'
import { answerNoRoute } from './no-route.ts'
import { NodeEntrance, type NodeListener } from './node-entrance.ts'
import type { RequestSettings } from './request.ts'
import type { RouteParams } from './route-params.ts'
import { checkMiddlewarePath, checkRoutePath } from './route-path.ts'
import { type AnyHandler, runHandler } from './run-handler.ts'
import { type RunningServer, startServer } from './server.ts'
import { behindAll } from './unsent-body.ts'

/** Where an app listens. */
export interface Listening {
  /** The port: the one that was picked, when 0 was asked for. */
  port: number
  /** The address to open in a browser on the same machine. */
  url: string
}

/**
 * An Express-style app with sessions built in, as `createApp` makes it: routes and middleware on Hono, with `req.session`.
 *
 * Paths are Hono's: `/users/:id`, `/files/:name{[a-z]+\\.txt}`, `/docs/:page?`, `/static/*`. A path that
 * would not match as it was meant throws a `ConfigError`. Handlers run in the order in which they were added; all must be
 * added before the first request.
 */
export class App<Data extends StorableData<Data> & object = DefaultData> {
  /** The manager of the app's sessions: `on`, `revoke`, `user(id).list()` and so on. */
  readonly sessions: Sessions<Data>
  /** The Hono app underneath, with `c.var.session`: mount Hono's own middleware and routes on it. */
  readonly hono: Hono<SessionEnv<Data>>
  readonly #settings: AppSettings<Data>
  readonly #exchanges: Exchanges<Data>
  readonly #errors: ErrorHandling<Data>
  readonly #router: DirectRouter<Data>
  readonly #atNode: NodeEntrance<Data>
  readonly #honoFetch: Hono<SessionEnv<Data>>['fetch']
  #server: Promise<RunningServer> | null = null
  #closed: Promise<void> | null = null

  /** Makes an app; `createApp` is the same in fewer words. */
  constructor(options: AppOptions<Data>) {
    this.#settings = resolveAppOptions(options)
    const { bodyLimit, answerTimeout, onError } = this.#settings
    this.sessions = buildSessions<Data>(this.#settings.sessions, this.#settings.sessionsNames)
    const errors = new ErrorHandling<Data>(onError, answerTimeout)
    this.#errors = errors
    const request: RequestSettings<Data> = {
      bodyLimit,
      sessions: this.sessions,
      tell: (error, told) => errors.tell(error, told),
    }
    this.#exchanges = new Exchanges(request)
    const direct: DirectSettings<Data> = {
      request,
      exchanges: this.#exchanges,
      answerTimeout,
      onError: (error, context) => this.#errors.answer(error, this.#exchanges.of(context)),
    }
    const entrance = behindAll(session(this.sessions))
    this.#router = new DirectRouter<Data>(
      entrance,
      (context, own) => this.#atNode.resume(context, own) ?? runDirectly(context, own, direct),
    )
    this.#atNode = new NodeEntrance(this.#router, direct)
    this.hono = new Hono<SessionEnv<Data>>({ router: this.#router })
    this.#honoFetch = this.hono.fetch
    this.hono.use(entrance)
    const setErrorHandler = this.hono.onError.bind(this.hono)
    // Hono keeps its error handler to itself, and the runs that go past it need the one somebody may have set.
    this.hono.onError = (handler) => {
      direct.onError = handler
      return setErrorHandler(handler)
    }
    this.hono.onError(direct.onError)
    this.hono.notFound((context) => {
      answerNoRoute(this.#router, this.#exchanges.of(context))
      return context.res
    })
  }

  /** Adds handlers for GET, and HEAD, requests to a path. */
  get<Path extends string>(path: Path, ...handlers: Handler<Data, RouteParams<NoInfer<Path>>>[]): this {
    return this.#route('GET', path, handlers)
  }

  /** Adds handlers for POST requests to a path. */
  post<Path extends string>(path: Path, ...handlers: Handler<Data, RouteParams<NoInfer<Path>>>[]): this {
    return this.#route('POST', path, handlers)
  }

  /** Adds handlers for PUT requests to a path. */
  put<Path extends string>(path: Path, ...handlers: Handler<Data, RouteParams<NoInfer<Path>>>[]): this {
    return this.#route('PUT', path, handlers)
  }

  /** Adds handlers for PATCH requests to a path. */
  patch<Path extends string>(path: Path, ...handlers: Handler<Data, RouteParams<NoInfer<Path>>>[]): this {
    return this.#route('PATCH', path, handlers)
  }

  /** Adds handlers for DELETE requests to a path. */
  delete<Path extends string>(path: Path, ...handlers: Handler<Data, RouteParams<NoInfer<Path>>>[]): this {
    return this.#route('DELETE', path, handlers)
  }

  /** Adds handlers for requests to a path, whatever their method. */
  all<Path extends string>(path: Path, ...handlers: Handler<Data, RouteParams<NoInfer<Path>>>[]): this {
    return this.#route('ALL', path, handlers)
  }

  /**
   * Adds middleware for all requests, or for those to a path and everything below it. A function of four parameters,
   * an {@link ErrorHandler}, handles the errors of those requests, wherever it stands.
   */
  use(...middleware: Handler<Data>[]): this
  use(...middleware: ErrorHandler<Data>[]): this
  use(path: string, ...middleware: Handler<Data>[]): this
  use(path: string, ...middleware: ErrorHandler<Data>[]): this
  use(
    first: string | Handler<Data> | ErrorHandler<Data>,
    ...rest: (Handler<Data> | ErrorHandler<Data>)[]
  ): this {
    // Of a single argument that is neither text nor function, it is the middleware that is missing.
    if (typeof first === 'string' || (typeof first !== 'function' && rest.length > 0))
      checkMiddlewarePath(first)
    const isPath = typeof first === 'string'
    // JavaScript may give several paths, as in Express.
    if (!isPath && Array.isArray(first) && rest.length > 0) {
      for (const path of first) Reflect.apply(this.use, this, [path, ...rest])
      return this
    }
    const path = isPath ? first : '*'
    const middleware = isPath ? rest : [first, ...rest]
    for (const one of middleware) {
      if (isErrorHandler(one)) this.#errors.add(belowToo(path), one)
      else this.#route('ALL', belowToo(path), [one])
    }
    return this
  }

  /**
   * Starts to listen.
   * @param port - Default 3000; 0 picks a free one.
   * @param host - The address to listen on. Default: all of this machine's.
   * @returns Where it listens, as soon as it does.
   * @throws {ListenError} the port is taken or cannot be listened on, or the host is none (`listen` can be called again);
   * the app listens already, or was closed.
   * @throws {ConfigError} `ERR_PEER_MISSING` the package @hono/node-server is not installed.
   */
  async listen(port = 3000, host?: string): Promise<Listening> {
    if (this.#closed !== null) {
      throw new ListenError('ERR_APP_CLOSED', 'The app was closed, and its store with it. Make another one.')
    }
    if (this.#server !== null) {
      throw new ListenError(
        'ERR_SERVER_ALREADY_LISTEN',
        'The app listens already, and to one port at a time.',
      )
    }
    const { fetch } = this.hono
    // Who has put something around Hono's fetch wants to see all requests there.
    const untouched = fetch === this.#honoFetch
    const before = (hono: NodeListener): NodeListener => (untouched ? this.#atNode.before(hono) : hono)
    const tell: ErrorReporter = (error, request) => this.#errors.tell(error, request)
    const starting = startServer(fetch, before, tell, port, host)
    this.#server = starting
    try {
      const server = await starting
      return { port: server.port, url: `http://${shownHost(host)}:${server.port}` }
    } catch (error) {
      this.#server = null
      throw error
    }
  }

  /**
   * Ends the app: takes no more connections, lets requests in flight finish within `closeTimeout`, cuts off the
   * rest, then disposes the store. Calling it again waits for the same end.
   * @throws {StoreError} the store could not be disposed; the app has ended all the same.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /**
   * Answers a request without a port: for tests.
   * @param path - A path, or a whole address, or a web `Request`.
   */
  async request(path: string | URL | Request, init?: RequestInit): Promise<Response> {
    return this.hono.request(path, init)
  }

  /**
   * Answers a web `Request`: what `Bun.serve`, `Deno.serve` and Workers call.
   * @param env - What the runtime gives with it: `c.env` in Hono's handlers.
   * @param executionContext - A Worker's, with `waitUntil`: `c.executionCtx` in Hono's handlers.
   */
  readonly fetch = async (
    request: Request,
    env?: unknown,
    executionContext?: ExecutionContext,
  ): Promise<Response> => {
    return this.hono.fetch(request, env, executionContext)
  }

  async #close(): Promise<void> {
    const server = await this.#server?.catch(() => null)
    await server?.close(this.#settings.closeTimeout)
    await this.sessions.dispose()
  }

  #route(method: string, path: string, handlers: readonly AnyHandler<Data>[]): this {
    checkRoutePath(path)
    if (handlers.length === 0 || !handlers.every((handler) => typeof handler === 'function')) {
      throw new ConfigError(
        'ERR_CONFIG_INVALID',
        `The route ${method} ${path} needs one or more functions as handlers.`,
      )
    }
    // It would run for requests, with the request in the place of the error.
    if (handlers.some(isErrorHandler)) {
      throw new ConfigError(
        'ERR_CONFIG_INVALID',
        `The route ${method} ${path} was given an error handler, which is a function of four parameters. Add it with app.use('${path}', handler).`,
      )
    }
    for (const handler of handlers) {
      const middleware = this.#middleware(handler)
      this.#router.know(middleware, handler)
      this.hono.on(method, path, middleware)
    }
    return this
  }

  /** Runs a handler where Hono's own handlers take part in the request. */
  #middleware(handler: AnyHandler<Data>): MiddlewareHandler<SessionEnv<Data>> {
    const { answerTimeout } = this.#settings
    return async (context, next) => {
      const { routeIndex } = context.req
      const goOn = async (): Promise<void> => {
        await next()
        // Back from the handlers behind: `req.params` is this handler's own again.
        context.req.routeIndex = routeIndex
      }
      await runHandler(handler, this.#exchanges.of(context), goOn, answerTimeout)
    }
  }
}

function isErrorHandler<Data extends object>(
  handler: AnyHandler<Data> | ErrorHandler<Data>,
): handler is ErrorHandler<Data> {
  return typeof handler === 'function' && handler.length === 4
}

/** As in Express, middleware for `/admin` is for `/admin/users` too, and not for `/administrator`. */
function belowToo(path: string): string {
  if (path.endsWith('*')) return path
  return path.endsWith('/') ? `${path}*` : `${path}/*`
}

function shownHost(host: string | undefined): string {
  // Node takes an empty host for none.
  if (host === undefined || ['', '0.0.0.0', '::'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
