import v8 from 'node:v8'
import vm from 'node:vm'

v8.setFlagsFromString('--expose-gc')
const collect: unknown = vm.runInNewContext('gc')

/** How many bytes are in use after everything that can be freed has been freed. */
export function heapInUse(): number {
  if (typeof collect !== 'function') throw new Error('This runtime gives no way to collect garbage.')
  collect()
  return process.memoryUsage().heapUsed
}
