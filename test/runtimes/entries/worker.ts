import { handleAsNodeRequest } from 'cloudflare:node'
import { openAsBlob } from 'node:fs'
import { createServer } from 'node:http2'
import { DatabaseSync } from 'node:sqlite'
import { serveStatic } from 'hono/serve-static'
import type { ServedApp } from '../../../src/testing/adapter-app.ts'
import { type Subject, skipped } from '../../adapters/harness/subject.ts'
import { JOINED_COOKIES } from '../joined-cookies.ts'
import { subjectsOn } from '../suites/adapters.ts'
import { site } from '../suites/site.ts'

// A Worker starts no server that a connection of its own could reach: it is handed requests, and so are its apps here.
function fromInside(
  handler: (request: Request) => Response | Promise<Response>,
): NonNullable<ServedApp['fetch']> {
  return async (url, init) => {
    const request = new Request(url, init)
    const left = Promise.withResolvers<never>()
    init.signal?.addEventListener('abort', () => left.reject(new Error('The client went away.')))
    return Promise.race([handler(request), left.promise])
  }
}

/** Servers of `node:http` are handed requests by their port. */
function byPort(subject: Subject): Subject {
  return {
    ...subject,
    serve: async (app) => {
      const { origin, close } = await subject.serve(app)
      const port = Number(new URL(origin).port)
      return { origin, close, fetch: fromInside((request) => handleAsNodeRequest(port, request)) }
    },
  }
}

const { hono, fetch, ...onNode } = subjectsOn({
  serve: (handler) => ({ origin: 'http://127.0.0.1', fetch: fromInside(handler), close: () => {} }),
  serveStatic: (options) =>
    serveStatic({ ...options, getContent: async (path) => new Response(await openAsBlob(path)) }),
})

const subjects = [...Object.values(onNode).map(byPort), hono, fetch].map(({ skip, ...subject }) => ({
  ...subject,
  skip: [...skip, ...skipped(JOINED_COOKIES, ['several-cookie-lines'])],
}))

/** What cannot be run here. Each is tried, so that it is run as soon as it can be. */
function impossible(): Record<string, string> {
  return {
    ...(refuses(() => new DatabaseSync(':memory:')) && {
      SqliteSessionStore: 'workerd has no SQLite that a program can open',
    }),
    ...(refuses(() => new Function('')) && {
      Fastify: 'its router makes functions out of text, which workerd forbids once requests are served',
    }),
    ...(refuses(createServer) && {
      'node:http2': 'createServer of node:http2 is not implemented in workerd',
    }),
  }
}

function refuses(attempt: () => unknown): boolean {
  try {
    attempt()
    return false
  } catch {
    return true
  }
}

/** What workerd runs. */
export default { fetch: site({ subjects, impossible }) }
