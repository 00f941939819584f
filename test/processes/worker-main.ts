import type { OpenStore, OpenStoreFunction } from './stores/open-store.ts'
import { workerTasks } from './worker-tasks.ts'

// A process that serves requests: `fork('worker-main.ts', [store, settings])`, where `store` is a file in stores/
// and `settings` is what its `openStore` takes. It answers { number, task, args } with { number, value } or
// { number, error }, several at once, and ends when its parent does.

const [name = '', settings = ''] = process.argv.slice(2)
const { openStore }: { openStore: OpenStoreFunction } = await import(`./stores/${name}.ts`)
const { store, close }: OpenStore = await openStore(settings)
const tasks = workerTasks(store)

interface Order {
  number: number
  task: string
  args: string[]
}

async function answer({ number, task, args }: Order): Promise<object> {
  try {
    const run = tasks[task]
    if (run === undefined) throw new Error(`There is no task ${task}.`)
    return { number, value: await run(...args) }
  } catch (error) {
    return { number, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

process.on('message', (order: Order) => {
  answer(order).then((reply) => process.send?.(reply))
})
process.on('disconnect', () => {
  close().finally(() => process.exit())
})
process.send?.({ number: 0, value: 'ready' })
