import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { eventually, json } from '../adapter-trial.ts'
import { assertEqual } from '../assert.ts'

/** Errors of the handler, and clients that do not wait. */
export const errorCases: readonly AdapterCase[] = [
  adapterCase(
    'error-response-keeps-cookie',
    'what a handler changed before it threw is saved, and the error response sets the cookie [P2] [A32]',
    async (trial) => {
      const app = await trial.serve({
        '/throw': ({ session }) => {
          session.attempts = 1
          throw new Error('The handler was told to throw.')
        },
        '/reject': async ({ session }) => {
          session.attempts = 2
          await Promise.resolve()
          throw new Error('The handler was told to reject.')
        },
        '/look': ({ session }) => json(session.toJSON()),
      })
      const visitor = app.visitor()
      const reply = await visitor.visit('/throw')
      assertEqual(reply.status, 500, 'the status')
      assertEqual(reply.setCookies.length, 1, 'the number of Set-Cookie lines')
      assertEqual(await visitor.json('/look'), { attempts: 1 }, 'the session')
      assertEqual((await visitor.visit('/reject')).status, 500, 'the status of the second error')
      assertEqual(await visitor.json('/look'), { attempts: 2 }, 'the session after the second error')
    },
  ),

  adapterCase(
    'error-handler-has-the-session',
    "the app's error handler has the session, and what it changes is saved [P2]",
    async (trial) => {
      const app = await trial.serveApp({
        path: '',
        mounts: [trial.sessions],
        routes: [
          { path: '/look', answer: ({ session }) => json(session.toJSON()) },
          {
            path: '/throw',
            answer: () => {
              throw new Error('The handler was told to throw.')
            },
          },
        ],
        onError: (_error, { session }) => {
          session.handled = true
          return { kind: 'json', status: 500, body: { handled: true } }
        },
      })
      const visitor = app.visitor()
      const reply = await visitor.visit('/throw')
      assertEqual([reply.status, reply.body], [500, '{"handled":true}'], 'the response')
      assertEqual(await visitor.json('/look'), { handled: true }, 'the session')
    },
  ),

  adapterCase(
    'error-handler-answers-a-failed-load',
    "the app's error handler answers when the session cannot be loaded [P11]",
    async (trial) => {
      const app = await trial.serveApp({
        path: '',
        mounts: [trial.sessions],
        routes: [
          {
            path: '/set',
            answer: ({ session }) => {
              session.visits = 1
              return json({})
            },
          },
        ],
        onError: () => ({ kind: 'json', status: 500, body: { handled: true } }),
      })
      const visitor = app.visitor()
      await visitor.json('/set')
      trial.store.fail('get')
      const reply = await visitor.visit('/set')
      assertEqual([reply.status, reply.body], [500, '{"handled":true}'], 'the response')
    },
  ),

  adapterCase(
    'unstorable-data',
    'data that cannot be kept is a 500, and nothing of it is saved [P2]',
    async (trial) => {
      const app = await trial.serve(
        {
          '/fill': ({ session }) => {
            session.text = 'x'.repeat(2_000)
            return json({})
          },
        },
        trial.manager({ maxBytes: 1_000 }),
      )
      const reply = await app.visitor().visit('/fill')
      assertEqual(reply.status, 500, 'the status')
      assertEqual(reply.setCookies, [], 'the Set-Cookie lines')
      assertEqual(trial.memory.count(), 0, 'the number of records')
    },
  ),

  adapterCase(
    'client-aborts',
    'a client that goes away while the session is saved harms nobody [A32]',
    async (trial) => {
      const app = await trial.serve({
        '/set': ({ session }) => {
          session.visits = (session.visits ?? 0) + 1
          return json({})
        },
        '/look': ({ session }) => json(session.toJSON()),
      })
      const visitor = app.visitor()
      await visitor.json('/set')
      const gate = trial.store.hold('replace')
      const impatient = new AbortController()
      const answer = visitor.visit('/set', { signal: impatient.signal }).then(
        () => 'answered',
        () => 'aborted',
      )
      await gate.reached
      impatient.abort()
      assertEqual(await answer, 'aborted', 'what became of the request')
      await app.visitor().json('/ping')
      gate.release()
      await eventually(async () => {
        const seen = await visitor.visit('/look')
        return seen.body === '{"visits":2}'
      }, 'the session holds what the request changed that nobody waited for')
      await visitor.json('/set')
      assertEqual(await visitor.json('/look'), { visits: 3 }, 'the session')
    },
  ),
]
