import type { RouteContext } from '../adapter-app.ts'
import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { type AdapterTrial, eventually, json } from '../adapter-trial.ts'
import type { AdapterVisitor } from '../adapter-visitor.ts'
import { assert, assertEqual } from '../assert.ts'

/** Changes made while the body is on its way. */
export const lateChangeCases: readonly AdapterCase[] = [
  adapterCase(
    'late-change-is-saved',
    'a change made after the first byte is saved by the end [P2] [A32]',
    async (trial) => {
      const stream = await startStream(trial, (session) => {
        session.late = 'yes'
      })
      const { visitor } = stream
      await visitor.json('/sign-in')
      const { response, body } = await stream.run()
      assertEqual(response.status, 200, 'the status')
      assertEqual(body, 'first,last', 'the body')
      await eventually(async () => {
        const seen = await visitor.visit('/look')
        return seen.body === '{"visits":1,"late":"yes"}'
      }, 'the session holds the late change beside the early one')
    },
  ),

  adapterCase(
    'late-new-session-is-discarded',
    'a session begun after the first byte reaches nobody, so no record is left [P1] [A32]',
    async (trial) => {
      const discarded: string[] = []
      trial.sessions.on('discarded', ({ reason }) => void discarded.push(reason))
      const stream = await startStream(trial, (session) => {
        session.late = 'yes'
      })
      const { response, body } = await stream.run()
      assertEqual(body, 'first,last', 'the body')
      assertEqual(response.headers.getSetCookie(), [], 'the Set-Cookie lines')
      await eventually(() => discarded.length > 0, 'the event discarded')
      assertEqual(discarded[0], 'headers-sent', 'the reason of the event discarded')
      assertEqual(trial.memory.count(), 0, 'the number of records')
    },
  ),

  adapterCase(
    'late-destroy',
    'a session destroyed after the first byte is dead at once [P4]',
    async (trial) => {
      const stream = await startStream(trial, (session) => session.destroy())
      const { visitor } = stream
      await visitor.json('/sign-in')
      const thief = visitor.copy()
      await stream.run()
      assertEqual(trial.memory.count(), 0, 'the number of records')
      assertEqual(await thief.json('/look'), {}, 'the session of the old cookie')
    },
  ),

  adapterCase(
    'chunks-arrive-one-by-one',
    'a body is sent as it comes, not gathered [peers 2.24]',
    async (trial) => {
      const stream = await startStream(trial, () => {})
      await stream.visitor.json('/sign-in')
      // Fails by its time limit when the first chunk only comes with the last.
      await stream.run()
    },
  ),
]

interface StreamedReply {
  response: Response
  body: string
}

interface Stream {
  visitor: AdapterVisitor
  /** Asks for the stream, reads its first chunk, lets the rest come, and reads that. */
  run(): Promise<StreamedReply>
}

/** Serves a stream that does something with the session between its first chunk and its last. */
async function startStream(
  trial: AdapterTrial,
  between: (session: RouteContext['session']) => unknown,
): Promise<Stream> {
  const firstSeen = Promise.withResolvers<void>()
  const app = await trial.serve({
    '/sign-in': ({ session }) => {
      session.visits = 1
      return json({})
    },
    '/stream': ({ session }) => ({ kind: 'stream', chunks: chunks(session) }),
    '/look': ({ session }) => json(session.toJSON()),
  })
  async function* chunks(session: RouteContext['session']): AsyncGenerator<string> {
    yield 'first,'
    await firstSeen.promise
    await between(session)
    yield 'last'
  }
  const visitor = app.visitor()
  const run = async (): Promise<StreamedReply> => {
    const response = await visitor.open('/stream')
    assert(response.body !== null, 'the response has no body')
    let body = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      body += chunk
      firstSeen.resolve()
    }
    return { response, body }
  }
  return { visitor, run }
}
