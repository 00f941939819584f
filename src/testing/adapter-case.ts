import type { AdapterTrial } from './adapter-trial.ts'

/** One behaviour that every adapter has, as a test. */
export interface AdapterCase {
  /** A name that never changes, such as `adapter/commit-before-first-byte`. */
  readonly id: string
  /** The behaviour, as a fact. */
  readonly title: string
  /** Runs the case. */
  run(trial: AdapterTrial): Promise<void>
}

/** Defines a case. */
export function adapterCase(id: string, title: string, run: AdapterCase['run']): AdapterCase {
  return { id: `adapter/${id}`, title, run }
}
