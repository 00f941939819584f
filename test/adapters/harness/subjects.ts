import { session as express } from '../../../src/adapters/express.ts'
import { session as fastify } from '../../../src/adapters/fastify.ts'
import { session as fetch } from '../../../src/adapters/fetch.ts'
import { session as h3 } from '../../../src/adapters/h3.ts'
import { session as hono } from '../../../src/adapters/hono.ts'
import { session as koa } from '../../../src/adapters/koa.ts'
import { session as nitro } from '../../../src/adapters/nitro.ts'
import { session as node } from '../../../src/adapters/node.ts'
import { serveElysia } from './elysia.ts'
import { type ExpressKin, expressKinSubjects } from './express-kin-subjects.ts'
import { serveH3 } from './h3.ts'
import { serveHonoAtNode } from './hono-at-node.ts'
import { serveNitro2, serveNitro2ByCall, serveNitro2ByFetch } from './nitro2.ts'
import { NODE_PLATFORM } from './node-platform.ts'
import { type NodeFramework, nodeSubjects } from './node-subjects.ts'
import { ANSWERED_BELOW, LOADED_BELOW, type Subject } from './subject.ts'
import { webSubjects } from './web-subjects.ts'

/** Every adapter of the source, in each framework it is for, on this Node. */
export const SUBJECTS: Record<
  | NodeFramework
  | ExpressKin
  | 'hono'
  | 'honoAtNode'
  | 'fetch'
  | 'h3'
  | 'nitro2'
  | 'nitro2ByFetch'
  | 'nitro2ByCall'
  | 'elysia',
  Subject
> = {
  ...nodeSubjects({ express, fastify, koa, node }),
  ...expressKinSubjects(express),
  ...webSubjects({ hono, fetch }, NODE_PLATFORM),
  honoAtNode: {
    name: 'Hono, mounted at its Node server',
    serve: serveHonoAtNode(hono, node),
    skip: [...LOADED_BELOW, ...ANSWERED_BELOW],
  },
  h3: { name: 'h3 2', serve: serveH3(h3), skip: LOADED_BELOW },
  nitro2: { name: 'h3 1 as in Nitro 2', serve: serveNitro2(nitro), skip: LOADED_BELOW },
  nitro2ByFetch: {
    name: 'h3 1 as in Nitro 2 on Bun, Deno and Workers',
    serve: serveNitro2ByFetch(nitro, NODE_PLATFORM),
    skip: LOADED_BELOW,
  },
  nitro2ByCall: {
    name: 'h3 1 as in Nitro 2 on AWS Lambda',
    serve: serveNitro2ByCall(nitro, NODE_PLATFORM),
    skip: LOADED_BELOW,
  },
  elysia: { name: 'Elysia', serve: serveElysia(fetch, NODE_PLATFORM), skip: LOADED_BELOW },
}
