import type { Awaitable } from '../core/awaitable.ts'
import { ConformanceFailure } from './assert.ts'
import { reportSkip, type SkippedCase, skipReasons } from './skips.ts'
import { lacking, type StoreCase, type StoreUnderTest } from './store-case.ts'
import { basicCases } from './store-cases/basic-cases.ts'
import { contentCases } from './store-cases/content-cases.ts'
import { createCases } from './store-cases/create-cases.ts'
import { expiryCases } from './store-cases/expiry-cases.ts'
import { otherClientCases } from './store-cases/other-client-cases.ts'
import { raceCases } from './store-cases/race-cases.ts'
import { replaceCases } from './store-cases/replace-cases.ts'
import { revokeCases } from './store-cases/revoke-cases.ts'
import { touchCases } from './store-cases/touch-cases.ts'
import { userCases } from './store-cases/user-cases.ts'
import { userIndexCases } from './store-cases/user-index-cases.ts'
import { walkCases } from './store-cases/walk-cases.ts'

/**
 * Registers a test: `test` of Vitest, `node:test`, `bun:test` or Jest, or `Deno.test`.
 *
 * When the runner gives a context with a `skip` method, cases that are not run are reported through it, else on
 * the console.
 */
export type RegisterTest = (title: string, run: (...context: unknown[]) => Promise<void>) => unknown

/** What the conformance suite is run on, and how. */
export interface StoreConformanceOptions {
  /** The store's name, for the titles. */
  name: string
  /** Makes an empty store. Called once for each case, when the case runs. */
  makeStore: () => Awaitable<StoreUnderTest>
  /** The test runner's own function. */
  test: RegisterTest
  /** The cases not to run. Default: none. */
  skip?: readonly SkippedCase[]
  /**
   * Whether a missing ability fails its cases. Default `false`: they are reported as not offered, so that a store
   * with only `get`, `set` and `destroy` passes.
   */
  full?: boolean
}

const CASES: readonly StoreCase[] = [
  ...basicCases,
  ...otherClientCases,
  ...contentCases,
  ...expiryCases,
  ...createCases,
  ...replaceCases,
  ...touchCases,
  ...raceCases,
  ...userCases,
  ...userIndexCases,
  ...revokeCases,
  ...walkCases,
]

/**
 * Registers one test for each clause of the store contract.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` a skip names no case, or gives no reason; nothing was registered.
 * @example
 * storeConformance({ name: 'MyStore', test, makeStore: () => ({ store: new MyStore() }) })
 */
export function storeConformance(options: StoreConformanceOptions): void {
  const reasons = skipReasons('storeConformance', CASES, options.skip ?? [])
  for (const storeCase of CASES) {
    const reason = reasons.get(storeCase.id)
    const title = `${options.name} ${storeCase.id}: ${storeCase.title}`
    // Rest parameters: some runners take a function that declares a parameter for one that wants a `done` callback.
    if (reason === undefined) options.test(title, (...[context]) => runCase(storeCase, options, context))
    else
      options.test(`${title} [skipped: ${reason}]`, async (...[context]) =>
        reportSkip(storeCase.id, reason, context),
      )
  }
}

async function runCase(
  storeCase: StoreCase,
  options: StoreConformanceOptions,
  context: unknown,
): Promise<void> {
  const subject = await options.makeStore()
  try {
    const missing = lacking(subject.store, storeCase.needs)
    if (missing.length === 0) return await storeCase.run(subject)
    const reason = `not offered: the store has no ${missing.join(', ')}`
    if (options.full) throw new ConformanceFailure(`${storeCase.id} is ${reason}`)
    reportSkip(storeCase.id, reason, context)
  } finally {
    await subject.close?.()
  }
}
