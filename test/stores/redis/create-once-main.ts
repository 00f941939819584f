import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { HOUR, recordOf } from './records.ts'

// Makes a record over HTTP, on a connection that was kept open, and tells what came of it.

const [url, token] = process.argv.slice(2)
const store = new RedisSessionStore({ url, token })
await store.get('any')
// Until the connection is given back, which nothing tells.
await new Promise((resolve) => setTimeout(resolve, 100))
const made = store.create('a', recordOf('a', { user: 'ann' }), { ttl: HOUR })
console.log(
  await made.then(
    () => 'made',
    () => 'failed',
  ),
)
