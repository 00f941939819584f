import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A process that serves requests with a store of its own, on a backend that it shares with others. */
export interface Worker {
  /** Has it do a task of `worker-tasks.ts`, and gives the answer. */
  run(task: string, ...args: string[]): Promise<unknown>
  /** Lets it close its store and end. */
  stop(): Promise<void>
}

interface Reply {
  number: number
  value?: unknown
  error?: string
}

function isReply(message: unknown): message is Reply {
  return typeof message === 'object' && message !== null && 'number' in message
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/**
 * Starts a process, ready when its store is open.
 * @param store - The name of a module in `stores/`, such as `sqlite`.
 * @param settings - What its `openStore` takes: a path or a URL.
 * @param execPath - The runtime to run it on. Default: this one.
 */
export async function startWorker(
  store: string,
  settings: string,
  execPath = process.execPath,
): Promise<Worker> {
  const program = join(import.meta.dirname, 'worker-main.ts')
  const child = fork(program, [store, settings], { execPath, execArgv: [] })
  const waiting = new Map<number, (reply: Reply) => void>()
  const replyTo = (number: number): Promise<Reply> => new Promise((resolve) => waiting.set(number, resolve))
  child.on('message', (message) => {
    if (isReply(message)) waiting.get(message.number)?.(message)
  })
  child.on('exit', () => {
    for (const [number, resolve] of waiting) resolve({ number, error: 'the process has ended' })
  })
  const ready = await replyTo(0)
  if (ready.error !== undefined) throw new Error(`A worker on ${store} did not start: ${ready.error}`)

  let orders = 0
  return {
    run: async (task, ...args) => {
      const number = ++orders
      child.send({ number, task, args })
      const { value, error } = await replyTo(number)
      waiting.delete(number)
      if (error !== undefined) throw new Error(`${task} failed in a worker on ${store}: ${error}`)
      return value
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      await ended(child)
    },
  }
}
