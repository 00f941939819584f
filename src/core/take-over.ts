import type { Session } from './session.ts'

/**
 * Does what putting something in a session's place asks for: nothing, `null` or `false` ends the session, as old code
 * does to log out; an object takes the place of its data.
 */
export function takeOver(session: Session<object>, value: unknown): void {
  if (!value) {
    session.clear()
    return
  }
  const data = Object.assign({}, value)
  Object.assign(session, data)
  for (const key of Object.keys(session)) {
    if (!Object.hasOwn(data, key)) Reflect.deleteProperty(session, key)
  }
}
