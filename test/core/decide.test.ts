import { describe, expect, test } from 'vitest'
import {
  type Answerable,
  type Decision,
  decide,
  type Fate,
  type Handled,
  type Loaded,
} from '../../src/core/decide.ts'

const NOW = 1_000_000
const POLICY = { touchInterval: 100 }

/** One combination of everything a decision can depend on. */
interface Cell extends Handled, Omit<Answerable, 'takesNewId'> {
  loaded: Loaded | null
}

function answerOf({ presented, leaving, headersSent }: Cell): Answerable {
  return { presented, leaving, headersSent, takesNewId: () => !headersSent }
}

const BOTH = [false, true] as const
const FATES: readonly Fate[] = ['kept', 'renewed', 'destroyed']
const LOADED: readonly (Loaded | null)[] = [
  null,
  ...BOTH.flatMap((olderKey) =>
    // Just touched, one millisecond before the next touch is due, due to the millisecond, long due.
    [NOW, NOW - 99, NOW - 100, 0].flatMap((touchedAt) =>
      BOTH.map((signedIn) => ({ touchedAt, olderKey, signedIn })),
    ),
  ),
]

function allCells(): Cell[] {
  const answers = Array.from({ length: 2 ** 8 }, (_, bits) => {
    const is = (place: number): boolean => ((bits >> place) & 1) === 1
    return {
      used: is(0),
      changed: is(1),
      empty: is(2),
      userChanged: is(3),
      presented: is(4),
      headersSent: is(5),
      leaving: is(6),
      carries: is(7),
    }
  })
  return LOADED.flatMap((loaded) =>
    FATES.flatMap((fate) => answers.map((answer) => ({ loaded, fate, ...answer }))),
  )
}

// The rules, said one by one, and not in the order or the words of the code.

/** Data is to go on, or begin, under another id than the one that was loaded. */
function needsNewId({ loaded, fate, empty, userChanged }: Cell): boolean {
  if (fate === 'destroyed') return false
  if (loaded === null) return !empty
  return fate === 'renewed' ? !empty : userChanged
}

function endsLoaded(cell: Cell): boolean {
  const { loaded, fate, empty } = cell
  if (loaded === null) return false
  const tooLate = needsNewId(cell) && cell.headersSent
  return fate === 'destroyed' || (fate === 'renewed' && (empty || tooLate)) || (tooLate && loaded.signedIn)
}

function staysAsItIs(cell: Cell): boolean {
  return cell.loaded !== null && cell.fate === 'kept' && !cell.userChanged && !cell.changed
}

function touchIsDue({ loaded, used, leaving }: Cell): boolean {
  return (
    loaded !== null &&
    ((loaded.olderKey && leaving) || (used && NOW - loaded.touchedAt >= POLICY.touchInterval))
  )
}

/** What others write meanwhile may go over, and can still be given a cookie. */
function mayGoOn({ fate, carries, headersSent }: Cell): boolean {
  return fate === 'renewed' && carries && !headersSent
}

function storeVerb(cell: Cell): Decision['store'] {
  if (endsLoaded(cell)) return mayGoOn(cell) ? 'leave' : 'destroy'
  if (needsNewId(cell)) return cell.headersSent ? 'none' : 'create'
  if (cell.loaded !== null && cell.fate === 'kept' && cell.changed) return 'replace'
  return staysAsItIs(cell) && touchIsDue(cell) ? 'touch' : 'none'
}

function cookieVerb(cell: Cell): Decision['cookie'] {
  if (cell.headersSent) return 'none'
  if (needsNewId(cell)) return 'set'
  if (endsLoaded(cell)) return 'clear'
  if (cell.loaded === null) return cell.fate !== 'kept' && cell.presented ? 'clear' : 'none'
  return cell.loaded.olderKey && cell.leaving ? 'set' : 'none'
}

describe('decide', () => {
  test('agrees with the rules in every cell there is', () => {
    const cells = allCells()
    expect(cells).toHaveLength(17 * 3 * 2 ** 8)
    const seen = new Set<string>()
    for (const cell of cells) {
      const { loaded, presented, headersSent, leaving, ...handled } = cell
      const decision = decide(loaded, handled, answerOf(cell), POLICY, NOW)
      expect({ cell, decision }).toEqual({
        cell,
        decision: {
          store: storeVerb(cell),
          cookie: cookieVerb(cell),
          discarded: headersSent && needsNewId(cell),
        },
      })
      seen.add(`${decision.store} ${decision.cookie}`)
    }
    expect([...seen].sort()).toEqual([
      'create set',
      'destroy clear',
      'destroy none',
      'leave clear',
      'none clear',
      'none none',
      'replace none',
      'replace set',
      'touch none',
      'touch set',
    ])
  })

  // What must hold whatever the rules: the promises themselves.
  const laws: ReadonlyArray<[string, (cell: Cell, decision: Decision) => boolean]> = [
    [
      'nothing loaded, nothing to keep: no store verb [P1]',
      (cell, { store }) => !(cell.loaded === null && cell.empty) || store === 'none',
    ],
    [
      'nothing touched: nothing written, but for an older key [P1]',
      (cell, { store }) =>
        !(cell.loaded && !cell.loaded.olderKey && staysAsItIs(cell) && !cell.used) || store === 'none',
    ],
    [
      'a new user never gets the old id [P5]',
      (cell, { store }) => !(cell.userChanged && cell.loaded) || (store !== 'replace' && store !== 'touch'),
    ],
    [
      'what was destroyed is never written [P4]',
      (cell, { store }) => cell.fate !== 'destroyed' || store === 'destroy' || store === 'none',
    ],
    [
      'what was loaded and destroyed is ended [P4]',
      (cell, { store }) => !(cell.loaded && cell.fate === 'destroyed') || store === 'destroy',
    ],
    [
      'a user who is left is never gone on as [P5]',
      (cell, { store }) =>
        !(cell.userChanged && cell.loaded?.signedIn) || ['create', 'leave', 'destroy'].includes(store),
    ],
    ['no cookie after the headers [P2]', (cell, { cookie }) => !cell.headersSent || cookie === 'none'],
    [
      'a cookie is set only with a store verb that can find the session gone [P4]',
      (_cell, { store, cookie }) => cookie !== 'set' || store !== 'none',
    ],
    [
      'an older key’s ticket is signed anew as the response leaves, as long as the session goes on [P7]',
      (cell, { cookie }) =>
        !(cell.loaded?.olderKey && cell.fate === 'kept' && cell.leaving && !cell.headersSent) ||
        cookie === 'set',
    ],
    [
      'a cookie is cleared only for who brought one or had a session [P9]',
      (cell, { cookie }) => cookie !== 'clear' || cell.presented || cell.loaded !== null,
    ],
  ]
  test.each(laws)('%s', (_name, holds) => {
    for (const cell of allCells()) {
      const { loaded, presented, headersSent, leaving, ...handled } = cell
      const decision = decide(loaded, handled, answerOf(cell), POLICY, NOW)
      expect(holds(cell, decision), JSON.stringify({ cell, decision })).toBe(true)
    }
  })
})
