import { AsyncLocalStorage } from 'node:async_hooks'

/** Who asks: the request that is under way, by its session as one manager has it. */
export interface Asker {
  readonly session: unknown
}

/** What the app asks itself while it answers somebody, as pages do by `useFetch`, is asked in his name. */
export type Asking = AsyncLocalStorage<Asker>

const ASKING = new WeakMap<object, Asking>()

/** Gives where it is noted who asks, for a manager: mounted twice, it is still one session. */
export function askingOf(sessions: object): Asking {
  const known = ASKING.get(sessions)
  if (known !== undefined) return known
  const asking: Asking = new AsyncLocalStorage()
  ASKING.set(sessions, asking)
  return asking
}
