import { ALL_KEYS, type Data, flagsOf, listOf } from './data.ts'
import type { RandomRequest } from './random-request.ts'
import type { Step } from './step.ts'

/** What every handler does. */
export const BASICS: readonly Step[] = [
  {
    name: 'sets a key',
    weight: 5,
    run: setFlag,
  },
  {
    name: 'deletes a key',
    weight: 2,
    run({ index, random, session, expectation }) {
      const flag = random.pick(flagsOf(index))
      delete session[flag]
      expectation.keys.set(flag, undefined)
    },
  },
  {
    name: 'pushes to a list',
    weight: 2,
    run({ index, random, session, expectation }) {
      const key = listOf(index)
      session[key] ??= []
      const list = session[key]
      list.push(random.below(10))
      expectation.keys.set(key, [...list])
    },
  },
  {
    name: 'sets a key of all',
    weight: 1,
    run({ index, session }) {
      session.shared = index
    },
  },
  { name: 'save()', weight: 5, run: ({ session }) => session.save() },
]

/** Verbs that keep the id. */
export const VERBS: readonly Step[] = [
  {
    name: 'update()',
    weight: 4,
    async run(request) {
      let first = false
      const saved = await request.session.update((draft) => {
        first = draft.first === true
        draft.hits = (draft.hits ?? 0) + 1
      })
      request.note(`has updated: ${saved}`)
      if (saved && first) request.updates++
      return saved
    },
  },
  {
    name: 'reload()',
    weight: 1,
    run(request) {
      request.expectation.readAgain()
      return request.session.reload()
    },
    waitedFor: (request) => request.expectation.takeOver(request.session),
  },
  { name: 'only looks', weight: 1, run: ({ session }) => void session.shared },
]

/** What gives the session a new id, with all its data. */
export const MOVES: readonly Step[] = [
  { name: 'regenerate() that keeps all', weight: 2, run: (request) => renew(request, { keep: true }) },
  { name: 'regenerate() that keeps each key', weight: 1, run: (request) => renew(request, ALL_KEYS) },
  {
    name: 'signs in',
    weight: 1,
    run({ index, session }) {
      session.userId = `ben${index}`
    },
  },
  {
    name: 'signs in by update()',
    weight: 1,
    run: ({ index, session }) =>
      session.update((draft) => {
        draft.userId = `cleo${index}`
      }),
  },
  { name: 'signs out', weight: 1, run: ({ session }) => void delete session.userId },
]

/** Sets a key that no other request writes. */
export function setFlag({ index, random, session, expectation }: RandomRequest): void {
  const flag = random.pick(flagsOf(index))
  // Of two values: a change is often a change back.
  const value = random.below(2)
  session[flag] = value
  expectation.keys.set(flag, value)
}

/** Gives the session a new id. */
export async function renew(
  request: RandomRequest,
  keep: { keep: true } | readonly (keyof Data)[],
): Promise<void> {
  await request.session.regenerate(keep)
  request.expectation.destroyed = false
}
