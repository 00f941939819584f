import { createServer } from 'node:http'
import polka from 'polka'
import { session } from '../../../src/adapters/express.ts'
import { createSessions } from '../../../src/core/sessions.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { faultyStore } from '../../../src/testing/faulty-store.ts'
import { listen } from '../harness/listen.ts'

/*
 * A process with a Polka app that has Polka's own error handler. Its store fails at the operation named in the
 * arguments, if one is, and it prints the status that a visitor then gets. A process of its own, since that may
 * end it.
 */

const operation = process.argv[2]
const store = faultyStore(new MemorySessionStore())
const sessions = createSessions({ secret: 'a-secret-of-the-tests-0123456789abcdef', store })
const app = polka()
app.use(session(sessions))
app.get('/', (request, response) => {
  request.session.visits = (request.session.visits ?? 0) + 1
  response.end('done')
})
const served = await listen(createServer().on('request', app.handler))
const visitor = new AdapterVisitor(served)
await visitor.visit('/')
if (operation === 'get' || operation === 'replace') store.fail(operation)
console.log((await visitor.visit('/')).status)
await served.close()
