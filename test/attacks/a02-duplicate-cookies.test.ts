import { describe, expect, test } from 'vitest'
import { start } from '../engine/start.ts'

interface Data {
  name: string
}

async function twoVisitors() {
  const { browser, sessions } = start<Data>()
  const attacker = browser.copy()
  await attacker.request((session) => {
    session.name = 'attacker'
  })
  await browser.request((session) => {
    session.name = 'victim'
  })
  const open = async (header: string): Promise<unknown> => (await sessions.open(header)).session.toJSON()
  return { attacker, browser, sessions, open }
}

describe('[A02] cookie tossing', () => {
  test.each([0, 1, 30, 31, 32, 33, 200])(
    'two different valid tickets with %i bad ones between them count as none [A02] [P10]',
    async (count) => {
      const { attacker, browser, sessions, open } = await twoVisitors()
      const junk = `${sessions.cookieName}=x; `.repeat(count)
      expect(await open(`${attacker.cookie}; ${junk}${browser.cookie}`)).toEqual({})
      expect(await open(`${browser.cookie}; ${junk}${attacker.cookie}`)).toEqual({})
    },
  )
})
