/**
 * Prints what a check found, and makes the process exit with 1 when it found anything.
 * @param check - The check's name, as typed after `scripts/`.
 * @param problems - One message a problem: where, what is wrong, what to do.
 * @param summary - What was checked, printed when all is well.
 */
export function report(check: string, problems: readonly string[], summary: string): void {
  if (problems.length === 0) {
    console.log(`${check}: ${summary}`)
    return
  }
  for (const problem of problems) console.error(problem)
  console.error(`${check}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)
  process.exitCode = 1
}
