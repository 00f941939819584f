import { describe, expect, test } from 'vitest'
import * as zod from 'zod'
import type { Session } from '../../src/core/session.ts'
import { shownText } from '../../src/core/shown-text.ts'
import { shownValue } from '../../src/core/shown-value.ts'
import { start } from '../engine/start.ts'

type Data = { [key: string]: unknown }

test.each([
  ['cart', 'cart'],
  ['', ''],
  ["it's größer than 日本 😀", "it's größer than 日本 😀"],
  ['a\nb\r\u2028c', 'a%0Ab%0D%E2%80%A8c'],
  ['\u001b[2J\u202e\u0085', '%1B[2J%E2%80%AE%C2%85'],
  ['\ud800', '\ud800'],
  ['x'.repeat(60), 'x'.repeat(60)],
  ['x'.repeat(61), `${'x'.repeat(60)}…`],
])('%# of the texts is shown as %s', (text, shown) => {
  expect(shownText(text)).toBe(shown)
})

test('a text in the place of something else is shown in one line as well', () => {
  expect(shownValue(`a\nb${'x'.repeat(90)}`)).toBe(`the text 'a%0Ab${'x'.repeat(37)}…'`)
})

const SPOILS = "tea'\n2030-01-01 INFO admin logged in\u001b[2J"
const HOSTILE = SPOILS + 'y'.repeat(3_000)
const amounts = zod.record(zod.string(), zod.record(zod.string(), zod.number()))

const FAULTS: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  ['the schema does not know', (session) => session.set(HOSTILE, 'much')],
  ['the schema does not know, deep inside', (session) => session.set('cart', { [HOSTILE]: 'much' })],
  ['a Map is written under', (session) => Reflect.apply(session.set, session, [HOSTILE, new Map()])],
  ['a BigInt is put below', (session) => Reflect.apply(session.set, session, [HOSTILE, { n: 1n }])],
  [
    'is written after destroy()',
    async (session) => {
      await session.destroy()
      session.set(HOSTILE, {})
    },
  ],
]

describe('a key that a visitor chose writes no line of its own into the log [A28]', () => {
  test.each(FAULTS)('when it is one that %s', async (_what, fault) => {
    const { browser } = start<Data>({ schema: amounts })
    const failing = browser.request(fault)
    await expect(failing).rejects.toThrow('tea')
    const error: unknown = await failing.catch((reason: unknown) => reason)
    const message = error instanceof Error ? error.message : ''
    expect(message).not.toMatch(/\p{Cc}/u)
    expect(message.length).toBeLessThan(600)
  })

  test('a schema that refuses thousands of them names ten, and says how many more', async () => {
    const { browser } = start<Data>({ schema: amounts })
    const cart = Object.fromEntries(Array.from({ length: 1_234 }, (_, at) => [`item${at}`, 'much']))
    const failing = browser.request((session) => session.set('cart', cart))
    await expect(failing).rejects.toThrow("'cart.item9'; and 1224 places more. ")
    await expect(failing).rejects.not.toThrow('item10')
  })
})
