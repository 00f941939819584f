import { built } from './built.ts'
import { type Subject, TICK_KEPT } from './subject.ts'

/** A bare framework in a process that keeps a tick of Node's, as every process with our sessions does. */
export function withTickKept(bare: Subject): Subject {
  return {
    ...bare,
    ...TICK_KEPT,
    async serve(setup) {
      const { keepTick } =
        await built<typeof import('../../src/adapters/kept-tick.ts')>('adapters/kept-tick.js')
      keepTick()
      return bare.serve(setup)
    },
  }
}
