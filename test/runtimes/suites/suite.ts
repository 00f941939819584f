import type { Verdict } from '../verdict.ts'

/** What a case is given. */
export interface CaseContext {
  /** Leaves the case, which then counts as skipped. */
  skip(reason: string): never
}

/** Adds a case to a suite. */
export type AddCase = (title: string, run: (context: CaseContext) => Promise<unknown>) => void

/** What a suite is about. */
export type Part = 'stores' | 'engine' | 'adapters'

/** Cases that belong together. */
export interface Suite {
  name: string
  part: Part
  cases(add: AddCase): void
}

const LONGEST_CASE_MS = 20_000

class Skipped extends Error {}

/**
 * Runs the cases of a suite one after another. Needs nothing but timers, so it runs everywhere.
 * @param impossible - Why none of them can be run here. Default: they can.
 */
export async function runSuite(suite: Suite, impossible?: string): Promise<Verdict[]> {
  const cases: [title: string, run: (context: CaseContext) => Promise<unknown>][] = []
  suite.cases((title, run) => cases.push([title, run]))
  const verdicts: Verdict[] = []
  for (const [title, run] of cases) {
    const outcome = await outcomeOf(impossible === undefined ? run : async () => skip(impossible))
    verdicts.push({ suite: suite.name, title, ...outcome })
  }
  return verdicts
}

async function outcomeOf(
  run: (context: CaseContext) => Promise<unknown>,
): Promise<Pick<Verdict, 'result' | 'reason'>> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLong = new Promise((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`It did not end within ${LONGEST_CASE_MS} ms.`)),
      LONGEST_CASE_MS,
    )
  })
  try {
    await Promise.race([run({ skip }), tooLong])
    return { result: 'pass', reason: '' }
  } catch (error) {
    if (error instanceof Skipped) return { result: 'skip', reason: error.message }
    return { result: 'fail', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  } finally {
    clearTimeout(timer)
  }
}

function skip(reason: string): never {
  throw new Skipped(reason)
}
