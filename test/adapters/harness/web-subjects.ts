import type { session as fetchSession } from '../../../src/adapters/fetch.ts'
import type { session as honoSession } from '../../../src/adapters/hono.ts'
import { serveFetchApp } from './fetch.ts'
import { serveHono } from './hono.ts'
import { NO_ERROR_HANDLER, type Subject, skipped } from './subject.ts'
import type { WebPlatform } from './web-platform.ts'

/** The adapters for what takes a web `Request`, from the source or from the built package. */
export interface WebAdapters {
  fetch: typeof fetchSession
  hono: typeof honoSession
}

const THROWN_ELSEWHERE = skipped(
  'what a handler throws goes to the runtime, which makes that response itself',
  ['commit-before-error', 'failed-save-error', 'error-response-keeps-cookie'],
)

/** Gives the adapters in each framework that takes a web `Request`, on a runtime. */
export function webSubjects(adapters: WebAdapters, platform: WebPlatform): Record<'hono' | 'fetch', Subject> {
  return {
    hono: { name: 'Hono', serve: serveHono(adapters.hono, platform), skip: [] },
    fetch: {
      name: 'fetch',
      serve: serveFetchApp(adapters.fetch, platform),
      skip: [...THROWN_ELSEWHERE, ...NO_ERROR_HANDLER],
    },
  }
}
