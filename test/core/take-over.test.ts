import { expect, test } from 'vitest'
import { takeOver } from '../../src/core/take-over.ts'
import { start } from '../engine/start.ts'

interface Data {
  name: string
  visits: number
}

test.each([
  ['a reserved key', { name: 'mallory', id: 7 }],
  ['a reserved key first', { save: 1, name: 'mallory' }],
  ['a symbol', { name: 'mallory', [Symbol('store')]: 1 }],
  ['a value that JSON cannot hold', { name: 'mallory', visits: new Map() }],
])('an object with %s in the place of a session changes nothing of it', async (_what, value) => {
  const { browser } = start<Data>()
  await browser.request((session) => session.set('name', 'ann'))
  await browser.request((session) => {
    expect(() => takeOver(session, value)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ERR_DATA_/) }),
    )
  })
  expect(await browser.look()).toEqual({ name: 'ann' })
})

test('an object in the place of a session takes the place of its data, and nothing ends it', async () => {
  const { browser } = start<Data>()
  await browser.request((session) => Object.assign(session, { name: 'ann', visits: 1 }))
  await browser.request((session) => takeOver(session, { visits: 2 }))
  expect(await browser.look()).toEqual({ visits: 2 })
  await browser.request((session) => takeOver(session, null))
  expect(await browser.look()).toEqual({})
})
