let kept: object | null = null

/**
 * Keeps one of the objects that Node makes for each `process.nextTick`, for as long as the process lives.
 *
 * V8 forgets what objects of a kind look like when a full collection finds none of them, and a tick is over at once.
 * From then on Node's `nextTick` goes the long way, which takes 1 to 4 us of every request, with a session or without one
 * (Node 24). See docs/decisions/0022-a-tick-is-kept.md.
 */
export function keepTick(): void {
  if (kept !== null) return
  const { process } = globalThis
  // Deno and Bun have ticks of their own, and Workers none to speak of.
  if (process?.versions?.deno !== undefined || process?.versions?.bun !== undefined) return
  const hooks = process?.getBuiltinModule?.('node:async_hooks')
  if (typeof hooks?.executionAsyncResource !== 'function') return
  process.nextTick(() => {
    kept ??= hooks.executionAsyncResource()
  })
}

/** Gives the object that is kept; `null` before, and where none is. */
export function keptTick(): object | null {
  return kept
}
