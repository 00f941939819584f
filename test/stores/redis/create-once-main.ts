import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { HOUR, recordOf } from './records.ts'

// Makes a record over HTTP, on a connection that was kept open, and tells what came of it.

const [url, token] = process.argv.slice(2)
const store = new RedisSessionStore({ url, token })
// Nothing tells when a connection is given back: the first one's is while others are used.
for (let times = 0; times < 10; times++) await store.get('any')
const made = store.create('a', recordOf('a', { user: 'ann' }), { ttl: HOUR })
console.log(
  await made.then(
    () => 'made',
    () => 'failed',
  ),
)
