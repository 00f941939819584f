import { writeSync } from 'node:fs'
import type { Reporter } from 'vitest/node'

/** How a test run ended, in numbers. */
interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** The part of vitest's test module that is counted. */
interface CountedModule {
  errors(): readonly unknown[]
  children: {
    allTests(): Iterable<{ result(): { state: string } }>
    allSuites(): Iterable<{ errors(): readonly unknown[] }>
  }
}

/**
 * Counts a run. A file that does not load, a hook that throws and an error nobody caught each count as one
 * failure, so that no run that went wrong says `0 failed`. A test that never ran (the run was broken off)
 * counts as failed too.
 */
export function tally(modules: Iterable<CountedModule>, unhandledErrors: readonly unknown[]): Tally {
  const result: Tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
  for (const module of modules) {
    result.failed += module.errors().length
    for (const suite of module.children.allSuites()) result.failed += suite.errors().length
    for (const test of module.children.allTests()) result[outcome(test.result().state)]++
  }
  return result
}

function outcome(state: string): keyof Tally {
  return state === 'passed' || state === 'skipped' ? state : 'failed'
}

/** Writes the line CI reads. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** Prints the closing line when the process ends, so that nothing of vitest's own can come after it. */
export default class ClosingLineReporter implements Reporter {
  #line = ''

  onInit(): void {
    process.once('exit', () => {
      if (this.#line) writeSync(process.stdout.fd, `${this.#line}\n`)
    })
  }

  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (modules, unhandledErrors) => {
    this.#line = closingLine(tally(modules, unhandledErrors))
  }
}
