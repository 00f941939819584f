// The built package, as users get it. `built.d.ts` gives the types of the source, so that the type check needs no build.
export { session as expressSession } from '../../dist/adapters/express.js'
export { session as fastifySession } from '../../dist/adapters/fastify.js'
export { session as fetchSession } from '../../dist/adapters/fetch.js'
export { session as honoSession } from '../../dist/adapters/hono.js'
export { session as koaSession } from '../../dist/adapters/koa.js'
export { session as nodeSession } from '../../dist/adapters/node.js'
export { createApp } from '../../dist/app/index.js'
export { createSessions, isSessionError } from '../../dist/index.js'
export { encrypted } from '../../dist/stores/encrypted.js'
export { MemorySessionStore } from '../../dist/stores/memory.js'
export { SqliteSessionStore } from '../../dist/stores/sqlite.js'
export { UnstorageSessionStore } from '../../dist/stores/unstorage.js'
export {
  adapterConformance,
  barrierStore,
  createClock,
  faultyStore,
  storeConformance,
} from '../../dist/testing/index.js'
