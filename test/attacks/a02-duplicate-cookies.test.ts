import { describe, expect, test } from 'vitest'
import { EventLog } from '../engine/event-log.ts'
import { start } from '../engine/start.ts'

interface Data {
  name: string
}

async function twoVisitors() {
  const { browser, sessions, memory } = start<Data>()
  const attacker = browser.copy()
  await attacker.request((session) => session.set('name', 'attacker'))
  await browser.request((session) => session.set('name', 'victim'))
  const open = async (header: string): Promise<unknown> => (await sessions.open(header)).session.toJSON()
  return { attacker, browser, sessions, memory, open }
}

const NOTHING = {}

describe('[A02] cookie tossing', () => {
  test.each([0, 1, 30, 31, 32, 33, 200])(
    'two different valid tickets with %i bad ones between them count as none [A02] [P10]',
    async (count) => {
      const { attacker, browser, sessions, open } = await twoVisitors()
      const junk = `${sessions.cookieName}=x; `.repeat(count)
      expect(await open(`${attacker.cookie}; ${junk}${browser.cookie}`)).toEqual(NOTHING)
      expect(await open(`${browser.cookie}; ${junk}${attacker.cookie}`)).toEqual(NOTHING)
    },
  )

  test('a bad cookie before or behind the good one is passed over [A02] [C21]', async () => {
    const { browser, sessions, open } = await twoVisitors()
    for (const bad of ['x', '', `${'A'.repeat(43)}.${'A'.repeat(43)}`]) {
      expect(await open(`${sessions.cookieName}=${bad}; ${browser.cookie}`)).toEqual({ name: 'victim' })
      expect(await open(`${browser.cookie}; ${sessions.cookieName}=${bad}`)).toEqual({ name: 'victim' })
    }
  })

  test('two valid ones clear nothing by themselves, cost no store call, and are told [A02]', async () => {
    const { attacker, browser, sessions } = await twoVisitors()
    const log = new EventLog(sessions)
    const passage = await sessions.open(`${attacker.cookie}; ${browser.cookie}`)
    expect({ ...passage.session }).toEqual({})
    expect(await passage.commit()).toMatchObject({ setCookie: null })
    expect(log.told).toEqual(['missed: ambiguous'])
  })

  test('whoever logs in with two of them gets one of his own, and neither of the two becomes it [A02] [A01]', async () => {
    const { attacker, browser, sessions, memory } = await twoVisitors()
    const passage = await sessions.open(`${attacker.cookie}; ${browser.cookie}`)
    passage.session.name = 'logged in'
    const effects = await passage.commit()
    expect(effects?.setCookie).toMatch(new RegExp(`^${sessions.cookieName}=`))
    expect(effects?.setCookie).not.toContain(attacker.ticket)
    expect(effects?.setCookie).not.toContain(browser.ticket)
    expect(memory.count()).toBe(3)
    expect(await attacker.look()).toEqual({ name: 'attacker' })
  })
})
