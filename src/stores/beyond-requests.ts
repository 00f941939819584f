/**
 * Begins work that belongs to no request, such as a timer that goes on for as long as the store lives, where a request happens to
 * begin it.
 *
 * Else it would run in that request's asynchronous context for good: what `AsyncLocalStorage` holds for it would never be freed, tracing
 * would take the work for that request's, and a logger would name its user.
 */
export const beyondRequests: <Begun>(begin: () => Begun) => Begun = outermostContext()

/** Takes that of this module's loading, which an app does when it starts. Asked for by ability: not every runtime has it. */
function outermostContext(): <Begun>(begin: () => Begun) => Begun {
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks')
  return hooks?.AsyncLocalStorage?.snapshot?.() ?? ((begin) => begin())
}
