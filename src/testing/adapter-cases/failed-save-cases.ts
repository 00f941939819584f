import type { JsonAnswer, RouteContext } from '../adapter-app.ts'
import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { json } from '../adapter-trial.ts'
import { assert, assertEqual } from '../assert.ts'
import { ANSWER_KINDS, type AnswerKind, MARK } from './answers.ts'

/** The store failed: the client is told so, and never that all went well. */
export const failedSaveCases: readonly AdapterCase[] = [
  ...ANSWER_KINDS.map(failedSaveCase),

  adapterCase(
    'failed-save-of-a-known-session',
    'a failed save changes nothing that was there [P11]',
    async (trial) => {
      const app = await trial.serve({
        '/first': (context) => set(context, 1),
        '/second': (context) => set(context, 2),
        '/look': ({ session }) => json({ visits: session.visits }),
      })
      const visitor = app.visitor()
      await visitor.json('/first')
      trial.store.fail('replace', { nth: 1 })
      assertEqual((await visitor.visit('/second')).status, 503, 'the status when the save fails')
      assertEqual(await visitor.json('/look'), { visits: 1 }, 'the session afterwards')
      await visitor.json('/second')
      assertEqual(await visitor.json('/look'), { visits: 2 }, 'the session after trying again')
    },
  ),

  adapterCase(
    'store-down',
    'a store that is down is a 503, and the handler is not called [P11] [C75]',
    async (trial) => {
      let calls = 0
      const app = await trial.serve({
        '/set': (context) => set(context, 1),
        '/look': ({ session }) => json({ calls: ++calls, visits: session.visits }),
      })
      const visitor = app.visitor()
      await visitor.json('/set')
      trial.store.fail('get')
      const reply = await visitor.visit('/look')
      assertEqual(reply.status, 503, 'the status')
      assertEqual(reply.setCookies, [], 'the Set-Cookie lines')
      assertEqual(calls, 0, 'the calls of the handler')
      trial.store.heal()
      assertEqual(await visitor.json('/look'), { calls: 1, visits: 1 }, 'the session when the store is back')
    },
  ),

  adapterCase(
    'store-that-throws',
    'a store that throws at once, as one on a file of this machine does, is a 503 like any other [P11] [C75]',
    async (trial) => {
      let calls = 0
      const app = await trial.serve({
        '/set': (context) => set(context, ++calls),
        '/look': ({ session }) => json({ visits: session.visits }),
      })
      const visitor = app.visitor()
      trial.store.fail('create', { nth: 1, how: 'throw' })
      assertEqual((await visitor.visit('/set')).status, 503, 'the status when the save fails')
      await visitor.json('/set')
      trial.store.fail('get', { nth: 1, how: 'throw' })
      assertEqual((await visitor.visit('/set')).status, 503, 'the status when the load fails')
      assertEqual(await visitor.json('/look'), { visits: 2 }, 'the session when the store is back')
    },
  ),

  adapterCase(
    'store-down-for-visitors',
    'a store that is down is no matter to who has no session [P1]',
    async (trial) => {
      const app = await trial.serve({ '/look': ({ session }) => json({ visits: session.visits ?? null }) })
      trial.store.fail('*')
      assertEqual(await app.visitor().json('/look'), { visits: null }, 'the response')
    },
  ),

  adapterCase(
    'stalled-store',
    'a store that gives no answer is a 503 within storeTimeout [P11] [C76]',
    async (trial) => {
      const app = await trial.serve(
        { '/set': (context) => set(context, 1) },
        trial.manager({ storeTimeout: 50 }),
      )
      const visitor = app.visitor()
      trial.store.stall('create')
      assertEqual((await visitor.visit('/set')).status, 503, 'the status of a stalled save')
      trial.store.heal()
      await visitor.json('/set')
      trial.store.stall('get')
      assertEqual((await visitor.visit('/set')).status, 503, 'the status of a stalled load')
    },
  ),

  adapterCase(
    'failed-save-in-the-handler',
    'a failed save() that the handler does not catch is a 503 [P11]',
    async (trial) => {
      const app = await trial.serve({
        '/save': async ({ session }) => {
          session.visits = 1
          await session.save()
          return json({ saved: true })
        },
      })
      trial.store.fail('create')
      assertEqual((await app.visitor().visit('/save')).status, 503, 'the status')
    },
  ),

  adapterCase(
    'failed-save-answered-by-the-handler',
    'the 503 that a handler answers itself when save() or destroy() fails is what the client gets, and nothing was saved [P2] [P11]',
    async (trial) => {
      const caught = (verb: 'save' | 'destroy') => {
        return async ({ session }: RouteContext): Promise<JsonAnswer> => {
          session.visits = 2
          const done = await session[verb]().then(
            () => true,
            () => false,
          )
          return { kind: 'json', status: done ? 200 : 503, body: { [MARK]: done } }
        }
      }
      const app = await trial.serve({
        '/set': (context) => set(context, 1),
        '/save': caught('save'),
        '/destroy': caught('destroy'),
        '/look': ({ session }) => json(session.toJSON()),
      })
      const visitor = app.visitor()
      await visitor.json('/set')
      for (const path of ['/save', '/destroy']) {
        trial.store.fail('replace')
        trial.store.fail('destroy')
        const reply = await visitor.visit(path)
        assertEqual([reply.status, reply.setCookies], [503, []], 'the status and the Set-Cookie lines')
        assertEqual(JSON.parse(reply.body), { [MARK]: false }, 'the body')
        trial.store.heal()
        assertEqual(await visitor.json('/look'), { visits: 1 }, 'the session afterwards')
      }
    },
  ),

  adapterCase(
    'failed-save-after-a-new-id',
    'the cookie of an id that an earlier save has changed goes out with the error [P5] [P11]',
    async (trial) => {
      const app = await trial.serve({
        '/set': (context) => set(context, 1),
        '/sign-in': async ({ session }) => {
          session.userId = 'ann'
          await session.save()
          session.visits = 2
          trial.store.fail('replace', { nth: 1 })
          return json({})
        },
        '/look': ({ session }) => json(session.toJSON()),
      })
      const visitor = app.visitor()
      await visitor.json('/set')
      const { status, setCookies, headers } = await visitor.visit('/sign-in')
      assertEqual([status, setCookies.length], [503, 1], 'the status and the number of Set-Cookie lines')
      assertEqual(headers.get('cache-control'), 'no-store', 'the Cache-Control')
      assertEqual(await visitor.json('/look'), { visits: 1, userId: 'ann' }, 'the session afterwards')
    },
  ),
]

function failedSaveCase({ id, what, method, make }: AnswerKind): AdapterCase {
  return adapterCase(
    `failed-save-${id}`,
    `${what} whose session cannot be saved is a 503 [P2] [P11]`,
    async (trial) => {
      const app = await trial.serve({
        '/go': ({ session }) => {
          session.visits = 1
          return make()
        },
      })
      trial.store.fail('create')
      const visitor = app.visitor()
      const reply = await visitor.visit('/go', { method })
      assertEqual(reply.status, 503, 'the status')
      assertEqual(reply.setCookies, [], 'the Set-Cookie lines')
      assertEqual(reply.headers.get('location'), null, 'the Location')
      assert(!reply.body.includes(MARK), `The body is the handler's: ${reply.body.slice(0, 100)}`)
      trial.store.heal()
      assertEqual((await visitor.visit('/ping')).status, 200, 'the status of another request afterwards')
    },
  )
}

function set({ session }: RouteContext, visits: number): ReturnType<typeof json> {
  session.visits = visits
  return json({ visits })
}
