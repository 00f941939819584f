import type { Answer } from '../adapter-app.ts'

/** One way in which a response can be made. */
export interface AnswerKind {
  /** Its name in case ids. */
  id: string
  /** Its name in titles. */
  what: string
  /** The status a client sees. */
  status: number
  /** The method it is asked for with. */
  method: 'GET' | 'HEAD'
  /** Makes the answer, or throws. */
  make(): Answer
}

/** Stands in the body of every answer that has one, a file apart. */
export const MARK = 'made by the handler'

/** Every way in which a response can be made: what is promised of one is promised of all. */
export const ANSWER_KINDS: readonly AnswerKind[] = [
  kind('json', 'JSON', 200, () => ({ kind: 'json', body: { made: MARK } })),
  kind('redirect', 'a redirect', 302, () => ({ kind: 'redirect', to: '/look', body: true })),
  kind('bare-redirect', 'a redirect without a body', 302, () => ({
    kind: 'redirect',
    to: '/look',
    body: false,
  })),
  kind('head', 'the response to a HEAD', 200, () => ({ kind: 'json', body: { made: MARK } }), 'HEAD'),
  kind('empty', 'a response without a body', 200, () => ({ kind: 'empty', status: 200 })),
  kind('no-content', 'a 204', 204, () => ({ kind: 'empty', status: 204 })),
  kind('not-modified', 'a 304', 304, () => ({ kind: 'empty', status: 304 })),
  kind('file', 'a file', 200, () => ({ kind: 'file' })),
  kind('stream', 'a piped stream', 200, () => ({ kind: 'stream', chunks: texts(MARK, 'and more') })),
  kind('events', 'a stream of events', 200, () => ({ kind: 'events', events: texts(MARK, 'and more') })),
  kind('web-response', 'a web Response', 200, () => ({ kind: 'response', response: new Response(MARK) })),
  kind('web-redirect', 'Response.redirect()', 302, () => ({
    kind: 'response',
    response: Response.redirect('http://localhost/look'),
  })),
  kind('error', 'the response to a thrown error', 500, () => {
    throw new Error('The handler was told to throw.')
  }),
]

function kind(
  id: string,
  what: string,
  status: number,
  make: () => Answer,
  method: AnswerKind['method'] = 'GET',
): AnswerKind {
  return { id, what, status, method, make }
}

async function* texts(...parts: readonly string[]): AsyncGenerator<string> {
  yield* parts
}
