import { valueError } from './data-value.ts'
import { isReservedKey, reservedKeyError } from './reserved-keys.ts'
import type { Session } from './session.ts'

/**
 * Does what putting something in a session's place asks for: nothing, `null` or `false` ends the session, as old code
 * does to log out; an object takes the place of its data.
 * @throws {DataError} a key or a value of it cannot be one of the data; nothing was changed.
 */
export function takeOver(session: Session<object>, value: unknown): void {
  if (!value) {
    session.clear()
    return
  }
  const data = Object.assign({}, value)
  for (const key of Reflect.ownKeys(data)) {
    if (typeof key === 'symbol' || isReservedKey(key)) throw reservedKeyError(key)
    const error = valueError(key, Reflect.get(data, key))
    if (error !== null) throw error
  }
  Object.assign(session, data)
  for (const key of Object.keys(session)) {
    if (!Object.hasOwn(data, key)) Reflect.deleteProperty(session, key)
  }
}
