import { setTimeout as delay } from 'node:timers/promises'

/** Waits until something has come true, 10 seconds at most. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('It did not come true within 10 s.')
    await delay(10)
  }
}
