import { describe, expect, test } from 'vitest'
import type { CookieOptions } from '../../src/core/session-cookie.ts'
import { Browser } from '../engine/browser.ts'
import { start, startBeside } from '../engine/start.ts'

interface Data {
  userId: string
}

const HOST_ONLY: CookieOptions = { name: 'sid', secure: true }

// Browsers keep both cookies of each pair beside each other, and send both.
const MOVES: ReadonlyArray<[string, CookieOptions, CookieOptions]> = [
  ['to a domain', HOST_ONLY, { ...HOST_ONLY, domain: 'example.com' }],
  ['to a wider domain', { ...HOST_ONLY, domain: 'www.example.com' }, { ...HOST_ONLY, domain: 'example.com' }],
  ['to one host', { ...HOST_ONLY, domain: 'example.com' }, HOST_ONLY],
  ['to another path', { ...HOST_ONLY, path: '/app' }, HOST_ONLY],
  ['to a partition for each site', HOST_ONLY, { ...HOST_ONLY, partitioned: true, sameSite: 'none' }],
  ['out of its partitions', { ...HOST_ONLY, partitioned: true }, HOST_ONLY],
  [
    'to partitions, under the default name',
    { secure: true },
    { secure: true, partitioned: true, sameSite: 'none' },
  ],
]

describe.each(MOVES)('a cookie that a deploy moves %s, under its old name', (_where, before, after) => {
  test('costs a login, and no more: the one that is left over counts for nothing [P9] [C21]', async () => {
    const started = start<Data>({ cookie: before })
    await started.browser.request((session) => session.set('userId', 'ann'))
    const sessions = startBeside<Data>(started, { cookie: after })
    const { cookieName } = sessions
    expect(cookieName).toBe(started.sessions.cookieName)
    const left = started.browser.cookie ?? ''
    const visitor = new Browser(sessions)
    await visitor.request((session) => session.set('userId', 'ann'))
    for (const header of [`${left}; ${visitor.cookie}`, `${visitor.cookie}; ${left}`]) {
      expect((await sessions.open(header)).session.toJSON()).toEqual({ userId: 'ann' })
    }
    expect((await sessions.open(left)).session.toJSON()).toEqual({})
  })
})

test.each<[string, CookieOptions, CookieOptions]>([
  ['a dot before the domain', { domain: 'example.com' }, { domain: '.example.com' }],
  ['the domain in capitals', { domain: 'example.com' }, { domain: 'Example.COM' }],
  [
    'what is so by default',
    { name: 'sid', secure: false },
    { name: 'sid', secure: false, path: '/', partitioned: false },
  ],
  ['where it is sent from', { sameSite: 'lax' }, { sameSite: 'strict' }],
  ['how long it stays', {}, { persistent: true }],
])('a deploy that changes only %s logs nobody out [P7]', async (_what, before, after) => {
  const started = start<Data>({ cookie: before })
  await started.browser.request((session) => session.set('userId', 'ann'))
  const sessions = startBeside<Data>(started, { cookie: after })
  const { session } = await sessions.open(started.browser.cookie)
  expect(session.toJSON()).toEqual({ userId: 'ann' })
})
