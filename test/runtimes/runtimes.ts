import { entry, PROGRAMS, versionOf } from './programs.ts'
import { type RunningRuntime, startOn } from './running-runtime.ts'
import { startWorkerd } from './workerd.ts'

/** One runtime, and how to start it. */
export interface Runtime {
  /** Its name and version, such as `Bun 1.4.5`. */
  name: string
  start(): Promise<RunningRuntime>
}

/** Gives the runtimes, in the order of the table's columns. They must be installed. */
export function runtimes(): Runtime[] {
  const { node22, node26, bun, deno, workerd } = PROGRAMS
  return [
    // 22 takes off types too, with a warning.
    runsFiles(`Node ${versionOf(node22)}`, node22, ['--no-warnings', entry('node')]),
    runsFiles(`Node ${process.version}`, process.execPath, [entry('node')]),
    runsFiles(`Node ${versionOf(node26)}`, node26, [entry('node')]),
    runsFiles(`Bun ${versionOf(bun)}`, bun, ['run', entry('bun')]),
    runsFiles(versionOf(deno), deno, ['run', '--quiet', '--allow-all', entry('deno')]),
    { name: versionOf(workerd), start: startWorkerd },
  ]
}

/** A runtime that runs the TypeScript files as they are. */
function runsFiles(name: string, program: string, args: string[]): Runtime {
  return { name, start: () => startOn(program, () => args) }
}
