import { executionAsyncResource } from 'node:async_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { keepTick, keptTick } from '../../src/adapters/kept-tick.ts'

// A process in which nothing happens but full collections, each from a timer of its own, so that no tick is alive then.
// Writes what is kept, and whether ticks look like it afterwards.

// V8 keeps what dead objects looked like for two of them.
const COLLECTIONS = 4

setFlagsFromString('--expose-gc')
setFlagsFromString('--allow-natives-syntax')
const collect: () => void = runInNewContext('gc')
const lookAlike = new Function('left', 'right', 'return %HaveSameMap(left, right)')

keepTick()
keepTick()
let left = COLLECTIONS
const timer = setInterval(() => {
  collect()
  if (--left > 0) return
  clearInterval(timer)
  process.nextTick(() => {
    const kept = keptTick()
    const alike = kept !== null && lookAlike(kept, executionAsyncResource())
    process.stdout.write(JSON.stringify({ kept: kept !== null, alike }))
  })
}, 1)
