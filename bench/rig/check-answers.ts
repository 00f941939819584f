import { isDeepStrictEqual } from 'node:util'
import { hasSessions, type Route, type Subject } from '../subjects/subject.ts'
import { forge, Visitor } from './visitors.ts'

const ALL_ROUTES: readonly Route[] = ['/login', '/read', '/write', '/plain']

/**
 * Checks that a server does what is about to be measured: that each visitor has a session of their own, that it is
 * kept, and that a forged cookie opens none.
 * @throws {Error} it does not; the message says what it did instead.
 */
export async function checkAnswers(subject: Subject, url: string): Promise<void> {
  if (!hasSessions(subject)) return
  const { routes = ALL_ROUTES } = subject
  const first = new Visitor(url)
  const second = new Visitor(url)
  expect('/login', await first.get('/login'), { ok: true })
  expect('/login', await second.get('/login'), { ok: true })
  const email = await emailOf(first)
  if (email === (await emailOf(second))) throw new Error('/read gives two visitors the same session.')
  await checkStrangers(url, first.cookieHeader)
  if (!routes.includes('/write')) return
  expect('/write', await first.get('/write'), { count: 1 })
  expect('/write', await first.get('/write'), { count: 2 })
  expect('/write of another visitor', await second.get('/write'), { count: 1 })
  if ((await emailOf(first)) !== email) throw new Error('/write lost the rest of the session.')
  const stranger = new Visitor(url)
  expect('/write of a stranger', await stranger.get('/write'), { count: 1 })
  expect('/write of a stranger', await stranger.get('/write'), { count: 2 })
}

async function checkStrangers(url: string, cookieHeader: string): Promise<void> {
  const stranger = new Visitor(url)
  expect('/plain without a cookie', await stranger.get('/plain'), { ok: true })
  expect('/read without a cookie', await stranger.get('/read'), { email: null })
  expect('/read with a forged cookie', await stranger.get('/read', forge(cookieHeader)), { email: null })
}

async function emailOf(visitor: Visitor): Promise<string> {
  const answer = await visitor.get('/read')
  if (
    typeof answer === 'object' &&
    answer !== null &&
    'email' in answer &&
    typeof answer.email === 'string'
  ) {
    return answer.email
  }
  throw new Error(`/read gave ${JSON.stringify(answer)} instead of an e-mail address.`)
}

function expect(what: string, found: unknown, wanted: object): void {
  if (isDeepStrictEqual(found, wanted)) return
  throw new Error(`${what} gave ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}.`)
}
