import express from 'express'
import express4 from 'express4'
import type { session as expressSession } from '../../../src/adapters/express.ts'
import type { session as fastifySession } from '../../../src/adapters/fastify.ts'
import type { session as koaSession } from '../../../src/adapters/koa.ts'
import type { session as nodeSession } from '../../../src/adapters/node.ts'
import { serveExpress } from './express.ts'
import { serveFastify } from './fastify.ts'
import { serveKoa } from './koa.ts'
import { serveHttp2, serveNode } from './node.ts'
import { NO_ERROR_HANDLER, NO_WEB_RESPONSE, type Subject } from './subject.ts'

/** The adapters for what stands on `node:http`, from the source or from the built package. */
export interface NodeAdapters {
  express: typeof expressSession
  fastify: typeof fastifySession
  koa: typeof koaSession
  node: typeof nodeSession
}

/** The frameworks that stand on `node:http`. */
export type NodeFramework = 'express' | 'express4' | 'fastify' | 'koa' | 'node' | 'http2'

/** Gives the adapters in each framework that stands on `node:http`. */
export function nodeSubjects(adapters: NodeAdapters): Record<NodeFramework, Subject> {
  const bare = [...NO_WEB_RESPONSE, ...NO_ERROR_HANDLER]
  return {
    express: { name: 'Express 5', serve: serveExpress(express, adapters.express), skip: NO_WEB_RESPONSE },
    express4: { name: 'Express 4', serve: serveExpress(express4, adapters.express), skip: NO_WEB_RESPONSE },
    fastify: { name: 'Fastify', serve: serveFastify(adapters.fastify), skip: [] },
    koa: { name: 'Koa', serve: serveKoa(adapters.koa), skip: [] },
    node: { name: 'node:http', serve: serveNode(adapters.node), skip: bare },
    http2: { name: 'node:http2', serve: serveHttp2(adapters.node), skip: bare },
  }
}
