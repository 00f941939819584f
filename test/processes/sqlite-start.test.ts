import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../servers/start-process.ts'

const OPENER = join(import.meta.dirname, 'sqlite-opener.ts')
const ROUNDS = 60
const PROCESSES = 4

async function open(process: ChildProcess, path: string, at: number): Promise<unknown> {
  const said = once(process, 'message')
  process.send({ path, at })
  return (await said)[0]
}

test(`${PROCESSES} processes that open one new file at the same moment all open it, ${ROUNDS} times`, async () => {
  const folder = temporaryFolder('sqlite-start')
  const openers = Array.from({ length: PROCESSES }, () => fork(OPENER, { execArgv: [] }))
  const failures: unknown[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [path, at] = [join(folder, `round-${round}.db`), Date.now() + 10]
    const said = await Promise.all(openers.map((opener) => open(opener, path, at)))
    failures.push(...said.filter((word) => word !== 'opened'))
  }
  for (const opener of openers) opener.disconnect()
  rmSync(folder, { recursive: true })
  expect(failures).toEqual([])
})
