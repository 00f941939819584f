import { session as express } from '../../../src/adapters/express.ts'
import { session as fastify } from '../../../src/adapters/fastify.ts'
import { session as fetch } from '../../../src/adapters/fetch.ts'
import { session as hono } from '../../../src/adapters/hono.ts'
import { session as koa } from '../../../src/adapters/koa.ts'
import { session as node } from '../../../src/adapters/node.ts'
import { type ExpressKin, expressKinSubjects } from './express-kin-subjects.ts'
import { serveHonoAtNode } from './hono-at-node.ts'
import { NODE_PLATFORM } from './node-platform.ts'
import { type NodeFramework, nodeSubjects } from './node-subjects.ts'
import { ANSWERED_BELOW, LOADED_BELOW, type Subject } from './subject.ts'
import { webSubjects } from './web-subjects.ts'

/** Every adapter of the source, in each framework it is for, on this Node. */
export const SUBJECTS: Record<NodeFramework | ExpressKin | 'hono' | 'honoAtNode' | 'fetch', Subject> = {
  ...nodeSubjects({ express, fastify, koa, node }),
  ...expressKinSubjects(express),
  ...webSubjects({ hono, fetch }, NODE_PLATFORM),
  honoAtNode: {
    name: 'Hono, mounted at its Node server',
    serve: serveHonoAtNode(hono, node),
    skip: [...LOADED_BELOW, ...ANSWERED_BELOW],
  },
}
