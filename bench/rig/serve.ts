import { Session } from 'node:inspector/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { allSubjects } from '../subjects/all-subjects.ts'
import type { Setup } from '../subjects/subject.ts'
import type { Answer, Order } from './server-process.ts'

// A server process: starts one subject, and then does what the process that started it asks.

const SAMPLING_MICROS = 200
// V8 keeps the hidden classes of dead objects for two full collections (--retain-maps-for-n-gc).
const COLLECTIONS = 4

let inspector: Session | undefined

function tell(answer: Answer): void {
  process.send?.(answer)
}

async function start(framework: string, name: string, setup: Setup): Promise<void> {
  const subject = allSubjects.find((one) => one.framework === framework && one.name === name)
  if (subject === undefined) throw new Error(`There is no subject ${framework}/${name}.`)
  try {
    tell({ port: (await subject.serve(setup)).port })
  } catch (error) {
    if (!isMissingModule(error)) throw error
    tell({ missing: error.message.split('\n')[0] ?? '' })
  }
}

function isMissingModule(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  let left = COLLECTIONS
  // Each from a timer of its own: in this message's event one of Node's ticks is still alive.
  const timer = setInterval(() => {
    collect()
    if (--left > 0) return
    clearInterval(timer)
    tell({ collected: true })
  }, 1)
}

async function startProfile(): Promise<void> {
  // Only now: servers that are measured have no inspector.
  if (inspector === undefined) {
    inspector = new Session()
    inspector.connect()
  }
  await inspector.post('Profiler.enable')
  await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROS })
  await inspector.post('Profiler.start')
  tell({ profiling: true })
}

async function stopProfile(): Promise<void> {
  if (inspector === undefined) throw new Error('No profile was started.')
  const { profile } = await inspector.post('Profiler.stop')
  // Or it would go on costing something until the next one.
  await inspector.post('Profiler.disable')
  tell({ profile })
}

process.on('message', (order: Order) => {
  if (order === 'cpu') tell({ cpu: process.cpuUsage() })
  else if (order === 'collect garbage') collectGarbage()
  else if (order === 'start profile') void startProfile()
  else void stopProfile()
})
// The process that started this one is gone, or done with it.
process.on('disconnect', () => process.exit())

const [framework = '', name = '', setup = '{}'] = process.argv.slice(2)
await start(framework, name, JSON.parse(setup))
