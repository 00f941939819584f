import { session as fetchSession } from '../fetch.ts'
import { mount, passageOf } from '../mount.ts'
import type { Surroundings } from './around-app.ts'
import { isExcepted } from './excepted-paths.ts'

/** How an app of Nitro 2 is asked where no server of Node's is: on Bun, Deno, Workers, AWS Lambda and others. */
export interface LocalRequests {
  /** Answers with a response; what is at the address of another server is fetched. */
  localFetch(input: string | URL | Request, init?: LocalRequest): Promise<Response>
  /** Answers with what a response is made of. */
  localCall(request: LocalRequest): Promise<LocalAnswer>
}

/** What Nitro says of a request. */
export interface LocalRequest {
  readonly url?: URL | string
  readonly headers?: unknown
  /** What the runtime has given beside the request; of one that the app makes of itself, the context of the event it is made for. */
  readonly context?: unknown
}

/** What Nitro makes a response of. */
export interface LocalAnswer {
  status: number
  statusText: string
  headers: Record<string, string | number | string[] | undefined>
  body: unknown
}

/** Gives each request its session that a server, and not the app itself, asks an app by. */
export function standAroundLocal<Data extends object>(
  app: LocalRequests,
  { sessions, excepted }: Surroundings<Data>,
): void {
  const localFetch = app.localFetch.bind(app)
  const localCall = app.localCall.bind(app)

  const answerVisit = fetchSession(
    sessions,
    (
      standing,
      _session,
      _env: undefined,
      context: unknown,
      answer: (context: object) => Promise<Response>,
    ) => {
      const passage = passageOf(standing, sessions)
      const carried: object = { ...Object(context) }
      if (passage !== undefined) mount(carried, sessions, passage)
      STANDING_FOR.set(carried, standing)
      return answer(carried)
    },
  )
  const visit = (asked: LocalRequest, answer: (context: object) => Promise<Response>): Promise<Response> =>
    answerVisit(
      STANDING_FOR.get(Object(asked.context)) ?? withCookie(asked),
      undefined,
      asked.context,
      answer,
    )
  const isVisit = (path: string, { context }: LocalRequest): boolean =>
    passageOf(Object(context), sessions) === undefined && path.startsWith('/') && !isExcepted(path, excepted)

  app.localFetch = (input, init = {}) =>
    isVisit(String(input), init)
      ? visit(init, (context) => localFetch(input, { ...init, context }))
      : localFetch(input, init)

  app.localCall = async (request) => {
    if (!isVisit(String(request.url), request)) return localCall(request)
    const made: { answer?: LocalAnswer } = {}
    const head = await visit(request, async (context) => {
      made.answer = await localCall({ ...request, context })
      return new Response(null, { status: statusFor(made.answer), headers: headersOf(made.answer) })
    })
    const headers = recordOf(head.headers)
    if (made.answer !== undefined && head.status === statusFor(made.answer))
      return { ...made.answer, headers }
    const { status, statusText } = head
    return { status, statusText, headers, body: await head.text() }
  }
}

/** The status of what stands for a response without its body: no error has it. */
const HEAD_ALONE = 299

/** Gives that status, but a 503's own: it leaves as it is where a session cannot be saved, so no error comes in its place. */
function statusFor({ status }: LocalAnswer): number {
  return status === 503 ? status : HEAD_ALONE
}

/** What stands for a request, by the context that it is handed on with: several managers are asked by the same one. */
const STANDING_FOR = new WeakMap<object, Request>()

/** Makes a request of what the session needs of it. */
function withCookie({ headers }: LocalRequest): Request {
  const found = headers instanceof Headers ? [...headers] : Object.entries(Object(headers))
  const lines = found.filter(([name]) => name.toLowerCase() === 'cookie').flatMap(([, value]) => value)
  return new Request('http://localhost/', { headers: { cookie: lines.join('; ') } })
}

function headersOf(answer: LocalAnswer): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers))
    for (const line of [value].flat()) if (line !== undefined) headers.append(name, String(line))
  return headers
}

function recordOf(headers: Headers): Record<string, string | string[]> {
  const lines = headers.getSetCookie()
  return { ...Object.fromEntries(headers), ...(lines.length > 0 && { 'set-cookie': lines }) }
}
