import { renew, setFlag } from './keeping-steps.ts'
import type { RandomRequest } from './random-request.ts'
import type { Step } from './step.ts'

/** What ends the session, or all of its user. */
export const ENDS: readonly Step[] = [
  {
    name: 'regenerate()',
    weight: 1,
    async run(request) {
      await request.session.regenerate()
      request.expectation.leave()
      request.expectation.destroyed = false
    },
  },
  {
    name: 'regenerate(callback)',
    weight: 1,
    async run(request) {
      const { session } = request
      await new Promise<void>((resolve, reject) => {
        session.regenerate((error) => (error === undefined ? resolve() : reject(error)))
      })
      request.expectation.leave()
      request.expectation.destroyed = false
    },
  },
  {
    name: 'clear()',
    weight: 1,
    run(request) {
      request.session.clear()
      request.expectation.leave()
    },
  },
  { name: 'destroy()', weight: 1, run: destroy },
  {
    name: 'destroy(), and regenerate() that keeps all, and sets a key',
    weight: 6,
    async run(request) {
      const destroyed = destroy(request)
      // Waited for below, and perhaps failed by the store before.
      destroyed.catch(() => {})
      await renew(request, { keep: true })
      setFlag(request)
      await destroyed
    },
  },
  { name: 'revokes the first user', weight: 1, run: (request) => request.revoke() },
]

async function destroy(request: RandomRequest): Promise<void> {
  const destroyed = request.session.destroy()
  request.expectation.leave()
  request.expectation.destroyed = true
  await destroyed
}
