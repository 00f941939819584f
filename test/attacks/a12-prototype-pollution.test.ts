import { describe, expect, test } from 'vitest'
import { start } from '../engine/start.ts'

/** A deep merge as applications have them, without a check of the keys. */
function merge(target: object, source: object): void {
  for (const [key, value] of Object.entries(source)) {
    const there: unknown = Reflect.get(target, key)
    if (typeof value === 'object' && value !== null && typeof there === 'object' && there !== null) {
      merge(there, value)
    } else {
      Reflect.set(target, key, value)
    }
  }
}

describe('[A12] prototype pollution', () => {
  test('hostile JSON merged into one session changes no other session [A12]', async () => {
    const { browser, sessions } = start<{ a: number }>()
    const hostile = JSON.parse('{"__proto__":{"isAdmin":true,"toJSON":"broken","get":"broken"}}')
    const { session } = await browser.arrive()
    try {
      merge(session, hostile)
    } catch {
      // Refusing it is as good as ignoring it.
    }
    const other = (await sessions.open(null)).session
    expect('isAdmin' in other).toBe(false)
    expect(typeof other.toJSON).toBe('function')
    expect(typeof other.get).toBe('function')
  })
})
