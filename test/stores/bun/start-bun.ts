import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PROGRAMS } from '../../runtimes/programs.ts'
import type { SqlStore } from '../sql/sql-subject.ts'
import type { OrderReply, StoreKind } from './orders.ts'

/** A store that lives in a process in Bun, on one of Bun's own clients. */
export interface StoreInBun {
  /** Each of its methods calls that of the store over there. */
  store: Omit<SqlStore, 'schema'> & { dispose(): Promise<void> }
  /** Done when the client and the store are made. */
  made: Promise<void>
  /** Calls a method of the client, and gives what JSON can hold of the answer. */
  client(method: string, ...args: unknown[]): Promise<unknown>
}

/** How a store in Bun is made. */
export interface MakeOptions {
  /** Options of the client. */
  client?: object
  /** Options of the store. */
  store?: object
}

/** A process in Bun. */
export interface BunProcess {
  /** Makes a client and a store on it. */
  open(kind: StoreKind, url: string, options?: MakeOptions): StoreInBun
  stop(): Promise<void>
}

/**
 * Starts a process in Bun.
 * @throws {Error} the runtimes are not installed; the message holds the command to type.
 */
export function startBun(): BunProcess {
  if (!existsSync(PROGRAMS.bun)) throw notInstalled()
  const program = join(import.meta.dirname, 'bun-main.ts')
  const child = fork(program, [], { execPath: PROGRAMS.bun, execArgv: [] })
  const waiting = new Map<number, (reply: OrderReply) => void>()
  child.on('message', (reply: OrderReply) => {
    waiting.get(reply.number)?.(reply)
    waiting.delete(reply.number)
  })
  child.on('exit', () => {
    const error = { name: 'Error', message: 'The process in Bun has ended.', code: undefined, shown: '' }
    for (const [number, resolve] of waiting) resolve({ number, error })
  })

  let orders = 0
  let stores = 0
  /** Has something done. What comes back is trusted to be of its type. */
  const order = async <T>(what: object): Promise<T> => {
    const number = ++orders
    const replied = new Promise<OrderReply>((resolve) => waiting.set(number, resolve))
    child.send({ ...what, number })
    const { json, error } = await replied
    if (error !== undefined) throw Object.assign(new Error(error.message), error)
    const value: T = json === undefined ? undefined : JSON.parse(json)
    return value
  }
  return {
    open: (kind, url, { client = {}, store = {} } = {}) => {
      const at = ++stores
      const made = order<void>({ at, kind, url, clientOptions: client, options: store })
      made.catch(() => {}) // who waits for it hears of it, and who calls the store
      const call = <T>(method: string, ...args: unknown[]): Promise<T> =>
        made.then(() => order<T>({ at, on: 'store', method, args }))
      return {
        made,
        client: (method, ...args) => made.then(() => order({ at, on: 'client', method, args })),
        store: {
          get: (id) => call('get', id),
          set: (id, record, options) => call('set', id, record, options),
          create: (id, record, options) => call('create', id, record, options),
          replace: (id, record, options) => call('replace', id, record, options),
          touch: (id, options) => call('touch', id, options),
          destroy: (id) => call('destroy', id),
          listByUser: (user) => call('listByUser', user),
          destroyByUser: (...args) => call('destroyByUser', ...args),
          entries: (...args) => call('entries', ...args),
          count: () => call('count'),
          migrate: () => call('migrate'),
          deleteExpired: () => call('deleteExpired'),
          dispose: () => call('dispose'),
        },
      }
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

function notInstalled(): Error {
  return new Error(
    'Bun was not found, and these tests run stores in it. Install it, with the other runtimes, by:\n  npm ci --prefix test/runtimes',
  )
}
