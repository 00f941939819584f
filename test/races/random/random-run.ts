import type { Secrets } from '../../../src/core/key-ring.ts'
import { createSessions, type Sessions } from '../../../src/core/sessions.ts'
import type { SessionStore } from '../../../src/core/store.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { Browser } from '../../engine/browser.ts'
import { SeededRandom } from '../../engine/seeded-random.ts'
import { SECRET } from '../../engine/start.ts'
import { TurnScheduler } from '../../engine/turn-scheduler.ts'
import { faultsOf } from './checks.ts'
import { type Data, FIRST_USER, firstData, MOST_REQUESTS } from './data.ts'
import { drawSteps } from './draw-steps.ts'
import { FirstSession } from './first-session.ts'
import { RandomRequest } from './random-request.ts'
import { WatchedStore } from './watched-store.ts'

const NEWER_SECRET = 'a-newer-secret-of-the-tests-9876543210fedcba'
const ROTATED = 0.2
const WITH_ENDINGS = 0.5

/**
 * Makes the stores that the managers of a run speak to, one each, all of them the same underneath.
 * @param random - For what they draw themselves.
 */
export type StoresOf = (
  store: WatchedStore,
  scheduler: TurnScheduler,
  random: SeededRandom,
) => readonly SessionStore[]

/** What a run has shown. */
export interface Findings {
  /** How it broke promises. */
  readonly faults: readonly string[]
  /** What went on in it, line by line. */
  readonly trace: readonly string[]
}

/**
 * Has some requests of one visitor at once, all drawn from a seed, and looks at what comes of them.
 * @param storeTimeout - How long the managers wait for an answer, in milliseconds of faked timers.
 */
export async function runRandomRequests(
  seed: number,
  storesOf: StoresOf,
  storeTimeout: number,
): Promise<Findings> {
  const random = new SeededRandom(seed)
  const scheduler = new TurnScheduler(random)
  const clock = createClock()
  const store = new WatchedStore(clock.now, (what) => scheduler.note(what))
  const first = new FirstSession(store)
  const begin = (secret: Secrets, over: SessionStore): Sessions<Data> =>
    createSessions<Data>({ secret, store: over, now: clock.now, storeTimeout })

  const browser = new Browser(begin(SECRET, store))
  await browser.request((session) => void Object.assign(session, firstData()))
  const firstId = (await browser.arrive()).session.id

  const secret: Secrets = random.chance(ROTATED) ? [NEWER_SECRET, SECRET] : SECRET
  const managers = storesOf(store, scheduler, new SeededRandom(seed * 7_919)).map((over) =>
    begin(secret, over),
  )
  const steps = drawSteps(random, random.chance(WITH_ENDINGS))
  const revoke = async (): Promise<void> => {
    await random.pick(managers).user(FIRST_USER).revoke()
    // Not when it failed.
    first.revoked = true
  }
  const surroundings = { random, scheduler, ticket: browser.ticket, steps, revoke }
  const count = 2 + random.below(MOST_REQUESTS - 1)
  const requests = Array.from({ length: count }, (_, index) => new RandomRequest(index, surroundings))
  for (const manager of managers) {
    first.follow(manager)
    manager.on('discarded', ({ reason }) => {
      scheduler.note(`  is told that changes were discarded: ${reason}`)
      for (const request of requests) if (request.name === scheduler.actor) request.expectation.sure = false
    })
  }
  for (const request of requests) scheduler.begin(request.name, () => request.run(random.pick(managers)))
  const faults: string[] = []
  await scheduler.run().catch((error: unknown) => faults.push(String(error)))
  store.dispose()
  faults.push(...faultsOf({ store, firstId, first, requests }))
  return { faults, trace: scheduler.trace }
}
