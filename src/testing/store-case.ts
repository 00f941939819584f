import type { Awaitable } from '../core/awaitable.ts'
import type { SessionStore } from '../core/store.ts'
import { ConformanceFailure } from './assert.ts'

/** A method that a store may have or not. */
export type Ability = 'create' | 'replace' | 'touch' | 'listByUser' | 'destroyByUser' | 'entries' | 'count'

/** A store that has these abilities. */
export type StoreWith<A extends Ability> = SessionStore & Required<Pick<SessionStore, A>>

/** A store made for one conformance case. */
export interface StoreUnderTest {
  /** The store. It must be empty. */
  store: SessionStore
  /**
   * Another store on the same backend with a client of its own: "another process". Races are run across the two.
   * Leave it out where there can be none, as in memory.
   */
  secondStore?: SessionStore
  /** Moves the stores' clock on by so many milliseconds. Leave it out where the clock is the backend's: real time then passes. */
  advance?: (milliseconds: number) => Awaitable<unknown>
  /** Closes what was opened for this case: clients, files, folders. Called after the case, whatever came of it. */
  close?: () => Awaitable<unknown>
}

/** What a case works with. */
export interface CaseContext<A extends Ability> {
  /** The store. */
  store: StoreWith<A>
  /** Another client on the same backend; the same store where there is none. */
  other: StoreWith<A>
  /** Lets this many milliseconds pass, on the store's clock. */
  pass(milliseconds: number): Promise<void>
  /** Whether `pass` moves a clock, so that days can pass. Otherwise it waits. */
  canPassDays: boolean
}

/** One clause of the store contract, as a test. */
export interface StoreCase {
  /** A name that never changes, such as `store/create-twice`. */
  readonly id: string
  /** The clause, as a fact. */
  readonly title: string
  /** The abilities a store must have for it to mean anything. */
  readonly needs: readonly Ability[]
  /** Runs the case on a store that has all of `needs`. */
  run(subject: StoreUnderTest): Promise<void>
}

/** The ttl of a record that is to expire during a case, in milliseconds. */
export const SHORT_TTL = 60

/** The ttl of a record that must still live when the next call comes, also on a busy machine, and then expire. */
export const BRIEF_TTL = 1_500

// What real time is given beyond the ttl it waits for: the timer's and the backend's rounding.
const MARGIN = 20

/** Defines a case, with the store typed by what the case needs. */
export function storeCase<A extends Ability = never>(
  id: string,
  title: string,
  needs: readonly A[],
  run: (context: CaseContext<A>) => Promise<void>,
): StoreCase {
  return {
    id,
    title,
    needs,
    run: ({ store, secondStore: other = store, advance }) => {
      if (!offers(store, needs) || !offers(other, needs)) {
        throw new ConformanceFailure(`The case ${id} needs a store with ${needs.join(', ')}.`)
      }
      const pass = async (milliseconds: number): Promise<void> => {
        await (advance ?? sleep)(milliseconds)
      }
      return run({ store, other, pass, canPassDays: advance !== undefined })
    },
  }
}

/** Gives the abilities of `needs` that a store does not have. */
export function lacking(store: SessionStore, needs: readonly Ability[]): Ability[] {
  return needs.filter((ability) => typeof store[ability] !== 'function')
}

function offers<A extends Ability>(store: SessionStore, needs: readonly A[]): store is StoreWith<A> {
  return lacking(store, needs).length === 0
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds + MARGIN))
}
