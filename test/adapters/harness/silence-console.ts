import { afterAll, beforeAll, vi } from 'vitest'

/** Keeps the errors that frameworks and adapters show on the console out of the test output: here they are provoked. */
export function silenceConsole(): void {
  beforeAll(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterAll(() => {
    vi.restoreAllMocks()
  })
}
