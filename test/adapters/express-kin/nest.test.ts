import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type MessageEvent,
  Post,
  Redirect,
  Req,
  Session as SessionParam,
  Sse,
  UseGuards,
} from '@nestjs/common'
import type { Request } from 'express'
import { type Observable, of } from 'rxjs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import type { Session } from '../../../src/core/session.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { settle } from '../../engine/later-store.ts'
import { createNestApp, decorate } from '../harness/nest.ts'
import { startPaced, type TestStore } from '../harness/paced.ts'

/** Lets in who is signed in. */
class SignedIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<Request>().session.has('userId')
  }
}

/** A controller as Nest's users write them; the decorators are called by hand below. */
class Shop {
  count(visitor: Session): object {
    visitor.visits = (visitor.visits ?? 0) + 1
    return { visits: visitor.visits }
  }

  look(request: Request): object {
    return request.session
  }

  signIn(visitor: Session): void {
    visitor.userId = 'ann'
  }

  signOut(visitor: Session): void {
    visitor.clear()
  }

  account(visitor: Session): object {
    return { user: visitor.userId }
  }

  events(visitor: Session): Observable<MessageEvent> {
    visitor.listening = true
    return of({ data: 'hello' })
  }
}
Controller()(Shop)
decorate(Shop, 'count', Get('count'), SessionParam())
decorate(Shop, 'look', Get('look'), Req())
decorate(Shop, 'signIn', Post('sign-in'), SessionParam())
decorate(Shop, 'signIn', Redirect('/account'))
decorate(Shop, 'signOut', Post('sign-out'), SessionParam())
decorate(Shop, 'account', Get('account'), SessionParam())
decorate(Shop, 'account', UseGuards(SignedIn))
decorate(Shop, 'events', Sse('events'), SessionParam())

interface StartedNest {
  visitor: AdapterVisitor
  store: TestStore
}

/** Starts the shop on a store that answers with promises. */
async function start(): Promise<StartedNest> {
  const { sessions, store } = startPaced('later')
  const app = await createNestApp([Shop])
  app.use(session(sessions))
  await app.listen(0, '127.0.0.1')
  onTestFinished(() => {
    app.getHttpServer().closeAllConnections()
    return app.close()
  })
  return { visitor: new AdapterVisitor({ origin: await app.getUrl(), close: () => {} }), store }
}

const POST = { method: 'POST' }

describe('on NestJS', () => {
  test('@Session() and @Req() give the session, and what a method returns of it is its data', async () => {
    const { visitor } = await start()
    expect(await visitor.json('/count')).toEqual({ visits: 1 })
    expect(await visitor.json('/count')).toEqual({ visits: 2 })
    expect(await visitor.json('/look')).toEqual({ visits: 2 })
  })

  test('a visitor who is only looked at has no record and no cookie [P1]', async () => {
    const { visitor, store } = await start()
    const looked = await visitor.visit('/look')
    const refused = await visitor.visit('/account')
    expect([looked.status, refused.status]).toEqual([200, 403])
    expect([...looked.setCookies, ...refused.setCookies]).toEqual([])
    expect([await store.count(), store.calls.get]).toEqual([0, 0])
  })

  test('a guard has the session; a login gives a new id, and the old one is dead [P5] [A01]', async () => {
    const { visitor, store } = await start()
    await visitor.json('/count')
    const attacker = visitor.copy()
    await visitor.visit('/sign-in', POST)
    expect(await visitor.json('/account')).toEqual({ user: 'ann' })
    expect(await visitor.json('/look')).toEqual({ visits: 1, userId: 'ann' })
    expect((await attacker.visit('/account')).status).toBe(403)
    expect(await store.count()).toBe(1)
  })

  test('a logout ends the session, also for a copy of the cookie [P4]', async () => {
    const { visitor, store } = await start()
    await visitor.visit('/sign-in', POST)
    const old = visitor.copy()
    await visitor.visit('/sign-out', POST)
    expect(visitor.cookieHeader).toBe('')
    for (const browser of [visitor, old]) expect((await browser.visit('/account')).status).toBe(403)
    expect(await store.count()).toBe(0)
  })

  test.each(['/sign-in', '/events'])(
    '%s waits for the save before its headers leave [P2] [M6]',
    async (path) => {
      const { visitor, store } = await start()
      const gate = store.hold('create')
      let here = false
      const answered = visitor.visit(path, path === '/sign-in' ? POST : {}).then((reply) => {
        here = true
        return reply
      })
      await gate.reached
      await settle()
      expect(here).toBe(false)
      gate.release()
      expect((await answered).setCookies).toHaveLength(1)
      expect(await store.count()).toBe(1)
    },
  )

  test.each(['get', 'replace'] as const)(
    "Nest's own filter makes a failed %s a 503 that says no more [P11]",
    async (operation) => {
      const { visitor, store } = await start()
      await visitor.json('/count')
      store.fail(operation)
      const { status, body, setCookies } = await visitor.visit('/count')
      expect([status, JSON.parse(body), setCookies]).toEqual([
        503,
        { statusCode: 503, message: 'Service Unavailable' },
        [],
      ])
    },
  )

  test("nothing of the handler's answer is sent when the first save fails [P2]", async () => {
    const { visitor, store } = await start()
    store.fail('create')
    const { status, body, setCookies } = await visitor.visit('/count')
    expect([status, body.includes('visits'), setCookies]).toEqual([503, false, []])
  })
})
