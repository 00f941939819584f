import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { session as nodeSession } from '../../src/adapters/node.ts'
import { createToken } from '../../src/core/ticket.ts'
import { interceptStore } from '../../src/testing/intercept-store.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { serve } from '../engine/serve.ts'
import { startBeside, startLater, startOn } from '../engine/start.ts'

interface Data {
  userId: string
}

const OLD = 'the-old-secret-0123456789-abcdefghijkl'
const NEW = 'the-new-secret-9876543210-lkjihgfedcba'

describe('[A18] a rolling cookie on static files', () => {
  test('a file beside the session costs no cookie and no write, however old the session is [A18] [P1]', async () => {
    const { sessions, browser, store, clock } = startOn<Data, ReturnType<typeof count>>(count)
    await browser.request((session) => session.set('userId', 'ann'))
    const url = await serve(
      nodeSession(sessions, async (_request, response) => {
        response.setHeader('content-type', 'image/png').end(await readFile(new URL(import.meta.url)))
      }),
    )
    clock.advance('20h')
    store.resetCalls()
    const response = await fetch(`${url}/x.png`, { headers: { cookie: browser.cookie ?? '' } })
    await response.arrayBuffer()
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('vary')).toBeNull()
    expect(store.calls).toMatchObject({ get: 1, set: 0, create: 0, replace: 0, touch: 0, destroy: 0 })
  })

  function count(store: Parameters<Parameters<typeof startOn<Data, never>>[0]>[0]) {
    return interceptStore(store, (_operation, run) => run(), {})
  }
})

describe('[A20] a change of the secret', () => {
  test('lets in who has a ticket of the old one, signs it anew at once, and shuts the old one out later [A20] [P7] [C63]', async () => {
    const started = startLater<Data>({ secret: OLD })
    await started.browser.request((session) => session.set('userId', 'ann'))
    const { ticket } = started.browser
    const both = new Browser(startBeside<Data>(started, { secret: [NEW, OLD] }), ticket)
    const response = await both.request((session) => expect(session.userId).toBe('ann'))
    expect(response.ticket).not.toBeNull()
    const alone = startBeside<Data>(started, { secret: NEW })
    expect(await new Browser(alone, both.ticket).look()).toEqual({ userId: 'ann' })
    expect(await new Browser(alone, ticket).look()).toEqual({})
  })

  test('leaves nobody in who signs with a removed, an empty or a guessed key [A20]', async () => {
    const started = startLater<Data>({ secret: [NEW, undefined] })
    await started.browser.request((session) => session.set('userId', 'ann'))
    const [token = ''] = (started.browser.ticket ?? '').split('.')
    const log = new EventLog(started.sessions)
    const guesses = [
      OLD,
      '',
      ' ',
      'undefined',
      'null',
      'secret',
      'keyboard cat',
      NEW.slice(0, -1),
      `${NEW} `,
      NEW.toUpperCase(),
    ]
    for (const key of guesses) {
      const signature = createHmac('sha256', key)
        .update(`coatcheck ticket v1\nsid\n${token}`)
        .digest('base64url')
      expect(await new Browser(started.sessions, `${token}.${signature}`).look()).toEqual({})
    }
    expect(log.told).toEqual(guesses.map(() => 'missed: forged'))
  })

  test('does not let a ticket made up for a removed key in by way of the old one’s memory [A20]', async () => {
    const started = startLater<Data>({ secret: [OLD, NEW] })
    await started.browser.request((session) => session.set('userId', 'ann'))
    await started.browser.look()
    const after = startBeside<Data>(started, { secret: NEW })
    expect(await new Browser(after, started.browser.ticket).look()).toEqual({})
  })

  test('of a token nobody issued, well signed, opens nothing and is not adopted [A20] [C02] [C03]', async () => {
    const started = startLater<Data>({ secret: NEW })
    const token = createToken()
    const signature = createHmac('sha256', NEW)
      .update(`coatcheck ticket v1\nsid\n${token}`)
      .digest('base64url')
    const stranger = new Browser(started.sessions, `${token}.${signature}`)
    await stranger.request((session) => session.set('userId', 'eve'))
    expect(stranger.ticket?.startsWith(token)).toBe(false)
    expect(started.memory.count()).toBe(1)
  })

  test('under load logs out nobody in 1,000 requests of parallel visitors [A20] [P7]', async () => {
    const started = startLater<Data>({ secret: OLD })
    const browsers = Array.from({ length: 100 }, () => new Browser(started.sessions))
    await Promise.all(
      browsers.map((browser, index) => browser.request((session) => session.set('userId', `user${index}`))),
    )
    const servers = [
      started.sessions,
      startBeside<Data>(started, { secret: [OLD, NEW] }),
      startBeside<Data>(started, { secret: [NEW, OLD] }),
    ]
    // In a rolling deployment the servers that cannot know the new secret yet are gone before it signs.
    const stages = [servers.slice(0, 2), servers.slice(1, 3), servers.slice(2)]
    let loggedOut = 0
    for (let round = 0; round < 10; round++) {
      const stage = stages[Math.floor((round * stages.length) / 10)] ?? []
      await Promise.all(
        browsers.map(async (browser, index) => {
          const server = stage[(index + round) % stage.length] ?? started.sessions
          const visit = new Browser(server, browser.ticket)
          await visit.request((session) => {
            if (session.userId !== `user${index}`) loggedOut++
          })
          browser.ticket = visit.ticket
        }),
      )
    }
    expect(loggedOut).toBe(0)
  })
})
