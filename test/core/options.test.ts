import { describe, expect, test } from 'vitest'
import { createSessions } from '../../src/core/sessions.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { SECRET } from '../engine/start.ts'

/** Builds a manager from options no type checker has seen, as JavaScript callers do. */
function build(options: object): unknown {
  const all: object = { secret: SECRET, store: new MemorySessionStore(), ...options }
  return Reflect.apply(createSessions, undefined, [all])
}

describe('an option of the wrong type is refused by name [P12]', () => {
  const wrong: ReadonlyArray<[string, object]> = [
    ['schema', { schema: null }],
    ['cookie', { cookie: 5 }],
    ['cookie', { cookie: true }],
    ['name', { cookie: { name: 'a'.repeat(4_050) } }],
  ]
  test.each(wrong)('%s, case %#', (name, options) => {
    expect(() => build(options)).toThrow(expect.objectContaining({ name: 'ConfigError' }))
    expect(() => build(options)).toThrow(name)
  })
})
