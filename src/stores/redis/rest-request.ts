import { isError } from '../../core/is-error.ts'
import { createWriteMarks } from '../write-marks.ts'
import type { RestAddress } from './rest-address.ts'
import { makesRecord } from './send-again.ts'

/**
 * Sends commands in one request, and gives the reply to each in their order.
 * @throws {Error} Redis refused one of them, or nothing that is an answer came.
 */
export type RestRequest = (commands: readonly string[][]) => Promise<unknown[]>

// Far longer than anybody waits for a session: it is for requests that would be left hanging.
const LONGEST_MS = 10_000

/**
 * How long to wait before each time that a request is sent again. At first not at all: a connection that was kept open and is
 * gone is the usual reason. Together no more than a request can wait for.
 */
const PAUSES_MS = [0, 50, 200]

const NO_REPLY = 'An answer came with neither a reply of Redis nor an error.'

/**
 * Deno's fetch() sends a request again by itself, a POST too, when the connection it was kept open for breaks before the answer: what
 * makes a record would be made once more.
 */
const RESENDS = 'Deno' in globalThis

/** A body that cannot be sent a second time. */
function readOnce(body: unknown): RequestInit {
  return { body: new Blob([JSON.stringify(body)]).stream(), duplex: 'half' }
}

/** Nothing came that tells whether the commands were carried out. */
class LostAnswer extends Error {}

/** Makes requests to a REST interface. They share nothing but texts: on Workers no connection may outlive its request. */
export function restRequests(address: RestAddress): RestRequest {
  const nextMark = createWriteMarks()
  const post = async (path: string, body: unknown, isOnce: boolean): Promise<unknown> =>
    answerIn(
      await exchange(path, {
        method: 'POST',
        ...(isOnce && RESENDS ? readOnce(body) : { body: JSON.stringify(body) }),
        // In Next.js fetch() keeps answers: on pages that ask it to, and in development across edits. It knows a request by its
        // headers and body, so that each has a mark of its own.
        headers: { ...address.headers, 'x-request-id': nextMark() },
        cache: 'no-store',
        redirect: 'manual', // 'error' is unknown on Workers
        signal: AbortSignal.timeout(LONGEST_MS),
      }),
    )
  return async (commands) => {
    const texts = commands.map((command) => command.map((text) => text.toWellFormed()))
    const [only] = texts
    const isOnce = commands.some(makesRecord)
    return untilAnswered(isOnce, async () => {
      if (only !== undefined && texts.length === 1) return [replyIn(await post(address.one, only, isOnce))]
      return repliesIn(await post(address.pipeline, texts, isOnce), texts.length)
    })
  }
}

/**
 * Sends commands again whose answer was lost. No write is done twice by it: each has a mark by which its script knows it in the
 * record. What makes a record is not sent again, for the record may have been made and ended meanwhile.
 */
async function untilAnswered<T>(isOnce: boolean, send: () => Promise<T>): Promise<T> {
  for (const pause of isOnce ? [] : PAUSES_MS) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error
    }
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return send()
}

interface HttpAnswer {
  status: number
  text: string
}

async function exchange(path: string, init: RequestInit): Promise<HttpAnswer> {
  try {
    const response = await fetch(path, init)
    return { status: response.status, text: await response.text() }
  } catch (error) {
    if (isError(error) && error.name === 'TimeoutError')
      throw new Error(`No answer came within ${LONGEST_MS / 1_000} s.`)
    throw new LostAnswer(`No answer came: ${wordsOf(error)}`)
  }
}

/** Node says what has happened in the cause. */
function wordsOf(error: unknown): string {
  if (!isError(error)) return String(error)
  const origin = isError(error.cause) ? error.cause : error
  return 'code' in origin && typeof origin.code === 'string'
    ? `${error.message} (${origin.code})`
    : error.message
}

function answerIn({ status, text }: HttpAnswer): unknown {
  const answer = parsed(text)
  if (status >= 500) throw new LostAnswer(`HTTP ${status}${refusalIn(answer, ': ')}`)
  if (answer === undefined) throw new Error(`HTTP ${status}, with what is no JSON.`)
  // What Redis itself refuses comes with 400, and begins with the words by which Redis is known.
  if (status !== 200 && status !== 400) throw new Error(`HTTP ${status}${refusalIn(answer, ': ')}`)
  return answer
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function repliesIn(answer: unknown, count: number): unknown[] {
  if (!Array.isArray(answer)) throw new Error(refusalIn(answer) || NO_REPLY) // as when all were refused together
  if (answer.length !== count) throw new Error(`${answer.length} replies came to ${count} commands.`)
  return answer.map(replyIn)
}

function replyIn(answer: unknown): unknown {
  const refusal = refusalIn(answer)
  if (refusal !== '') throw new Error(refusal)
  const reply =
    typeof answer === 'object' && answer !== null && 'result' in answer ? answer.result : undefined
  if (reply === null || typeof reply === 'string' || typeof reply === 'number' || Array.isArray(reply))
    return reply
  throw new Error(NO_REPLY)
}

/** The words of an error, without the arguments of the command, which are what a session holds. */
function refusalIn(answer: unknown, before = ''): string {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return ''
  const words = typeof answer.error === 'string' ? answer.error : ''
  return before + (words.split(/, (?:with args|command was)/, 1)[0] || 'an error without words')
}
