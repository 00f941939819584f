import express from 'express'
import express4 from 'express4'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import type { SkippedCase } from '../../../src/testing/store-conformance.ts'
import { serveExpress } from './express.ts'
import { serveFastify } from './fastify.ts'
import { serveFetchApp } from './fetch.ts'
import { serveHono } from './hono.ts'
import { serveKoa } from './koa.ts'
import { serveHttp2, serveNode } from './node.ts'

/** An adapter in a framework: what the conformance suite is run on. */
export interface Subject {
  /** The framework's name, with its version where there are several. */
  name: string
  serve: ServeApp
  /** What the framework has no means for. */
  skip: readonly SkippedCase[]
}

const NO_WEB_RESPONSE = ['web-response', 'web-redirect'].flatMap((kind) => [
  { id: `adapter/commit-before-${kind}`, reason: 'the framework takes no web Response' },
  { id: `adapter/failed-save-${kind}`, reason: 'the framework takes no web Response' },
])

const NO_ERROR_HANDLER = [
  'adapter/error-handler-has-the-session',
  'adapter/error-handler-answers-a-failed-load',
].map((id) => ({ id, reason: 'there is no error handler to register' }))

const THROWN_ELSEWHERE = [
  'adapter/commit-before-error',
  'adapter/failed-save-error',
  'adapter/error-response-keeps-cookie',
].map((id) => ({
  id,
  reason: 'what a handler throws goes to the runtime, which makes that response itself',
}))

/** Every adapter, in each framework it is for. */
export const SUBJECTS = {
  express: { name: 'Express 5', serve: serveExpress(express), skip: NO_WEB_RESPONSE },
  express4: { name: 'Express 4', serve: serveExpress(express4), skip: NO_WEB_RESPONSE },
  fastify: { name: 'Fastify', serve: serveFastify, skip: [] },
  hono: { name: 'Hono', serve: serveHono, skip: [] },
  koa: { name: 'Koa', serve: serveKoa, skip: [] },
  node: { name: 'node:http', serve: serveNode, skip: [...NO_WEB_RESPONSE, ...NO_ERROR_HANDLER] },
  http2: { name: 'node:http2', serve: serveHttp2, skip: [...NO_WEB_RESPONSE, ...NO_ERROR_HANDLER] },
  fetch: { name: 'fetch', serve: serveFetchApp, skip: [...THROWN_ELSEWHERE, ...NO_ERROR_HANDLER] },
} as const satisfies Record<string, Subject>
