// The types of what built.js exports.
export { session as expressSession } from '../../src/adapters/express.ts'
export { session as fastifySession } from '../../src/adapters/fastify.ts'
export { session as fetchSession } from '../../src/adapters/fetch.ts'
export { session as honoSession } from '../../src/adapters/hono.ts'
export { session as koaSession } from '../../src/adapters/koa.ts'
export { session as nodeSession } from '../../src/adapters/node.ts'
export { createApp } from '../../src/app/index.ts'
export { createSessions, isSessionError } from '../../src/index.ts'
export { encrypted } from '../../src/stores/encrypted.ts'
export { MemorySessionStore } from '../../src/stores/memory.ts'
export { SqliteSessionStore } from '../../src/stores/sqlite.ts'
export { UnstorageSessionStore } from '../../src/stores/unstorage.ts'
export {
  adapterConformance,
  barrierStore,
  createClock,
  faultyStore,
  storeConformance,
} from '../../src/testing/index.ts'
