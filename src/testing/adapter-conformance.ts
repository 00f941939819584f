import type { AdapterCase } from './adapter-case.ts'
import { cacheCases } from './adapter-cases/cache-cases.ts'
import { cookieCases } from './adapter-cases/cookie-cases.ts'
import { errorCases } from './adapter-cases/error-cases.ts'
import { failedSaveCases } from './adapter-cases/failed-save-cases.ts'
import { firstByteCases } from './adapter-cases/first-byte-cases.ts'
import { identityCases } from './adapter-cases/identity-cases.ts'
import { immediateCases } from './adapter-cases/immediate-cases.ts'
import { lateChangeCases } from './adapter-cases/late-change-cases.ts'
import { mountCases } from './adapter-cases/mount-cases.ts'
import { raceCases } from './adapter-cases/race-cases.ts'
import { storeCallCases } from './adapter-cases/store-call-cases.ts'
import { updateCases } from './adapter-cases/update-cases.ts'
import { AdapterTrial, NotRunnable, type Pace, type ServeApp } from './adapter-trial.ts'
import { ConformanceFailure } from './assert.ts'
import { reportSkip, type SkippedCase, skipReasons } from './skips.ts'
import type { RegisterTest } from './store-conformance.ts'

/** What the conformance suite is run on, and how. */
export interface AdapterConformanceOptions {
  /** The adapter's name, for the titles. */
  name: string
  /** Builds an app in the adapter's framework and starts it on the framework's own server. Called at least twice for each case. */
  serve: ServeApp
  /** The test runner's own function. */
  test: RegisterTest
  /** The cases not to run. Default: none. */
  skip?: readonly SkippedCase[]
}

const CASES: readonly AdapterCase[] = [
  ...firstByteCases,
  ...failedSaveCases,
  ...lateChangeCases,
  ...errorCases,
  ...raceCases,
  ...updateCases,
  ...identityCases,
  ...storeCallCases,
  ...immediateCases,
  ...cookieCases,
  ...cacheCases,
  ...mountCases,
]

const PACES: readonly Pace[] = ['at once', 'later']

/**
 * Registers one test for each behaviour that every adapter has.
 *
 * Each is run over HTTP, on a store that answers at once and on one that answers with promises.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` a skip names no case, or gives no reason; nothing was registered.
 */
export function adapterConformance(options: AdapterConformanceOptions): void {
  const reasons = skipReasons('adapterConformance', CASES, options.skip ?? [])
  for (const adapterCase of CASES) {
    const reason = reasons.get(adapterCase.id)
    const title = `${options.name} ${adapterCase.id}: ${adapterCase.title}`
    // Rest parameters: some runners take a function that declares a parameter for one that wants a `done` callback.
    if (reason === undefined) {
      options.test(title, (...[context]) => runCase(adapterCase, options.serve, context))
    } else {
      options.test(`${title} [skipped: ${reason}]`, async (...[context]) =>
        reportSkip(adapterCase.id, reason, context),
      )
    }
  }
}

async function runCase(adapterCase: AdapterCase, serve: ServeApp, context: unknown): Promise<void> {
  for (const pace of PACES) {
    const trial = new AdapterTrial(serve, pace)
    try {
      await adapterCase.run(trial)
    } catch (error) {
      if (error instanceof NotRunnable) return reportSkip(adapterCase.id, error.message, context)
      if (error instanceof ConformanceFailure)
        error.message = `With a store that answers ${pace}: ${error.message}`
      throw error
    } finally {
      await trial.close()
    }
  }
}
