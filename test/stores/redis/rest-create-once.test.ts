import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { CREATE } from '../../../src/stores/redis/record-scripts.ts'
import { PROGRAMS } from '../../runtimes/programs.ts'
import { runs } from './held-client.ts'
import { HOUR, recordOf } from './records.ts'
import { serveRest } from './served-rest.ts'

const served = serveRest()
const MAIN = join(import.meta.dirname, 'create-once-main.ts')

// Their fetch() may send a request again by itself where a connection that was kept open breaks.
test.each<[string, string, string[]]>([
  ['Node', process.execPath, []],
  ['Bun', PROGRAMS.bun, []],
  ['Deno', PROGRAMS.deno, ['run', '-A', '--no-lock']],
])(
  'in %s a new record whose answer is lost is asked for once, and a revocation meanwhile stands [P4]',
  async (_name, program, args) => {
    if (!existsSync(program)) throw new Error('The runtimes are not installed: npm ci --prefix test/runtimes')
    const { rest } = served
    const store = served.open()
    await store.create('warm', recordOf('warm'), { ttl: HOUR }) // so that the server knows the script
    let sent = 0
    rest.meet((commands) => {
      if (!commands.some((command) => runs(CREATE, command))) return undefined
      sent++
      return sent === 1 ? { when: 'after', comes: 'a reset' } : { until: store.destroyByUser('ann') }
    })
    const { stdout } = await promisify(execFile)(program, [...args, MAIN, rest.url, rest.token])
    rest.meet(() => undefined)
    expect({ stdout: stdout.trim(), sent }).toEqual({ stdout: 'failed', sent: 1 })
    await store.destroyByUser('ann')
    expect(await store.get('a')).toBeNull()
  },
)
