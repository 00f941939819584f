import { createServer } from 'node:http'
import express, { type Express } from 'express'
import { session } from '../../../src/adapters/express.ts'
import type { SessionsOptions } from '../../../src/core/options.ts'
import type { DefaultData } from '../../../src/core/session-data.ts'
import type { Sessions } from '../../../src/core/sessions.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { servingPort, startPaced, type TestStore } from '../harness/paced.ts'

/** An Express app with sessions, as a user would write it, and a browser. */
export interface StartedExpress {
  visitor: AdapterVisitor
  origin: string
  sessions: Sessions
  store: TestStore
}

/** Starts an app on a store that answers with promises. `build` adds what comes after the sessions. */
export async function startExpress(
  build: (app: Express, sessions: Sessions) => void,
  options: Partial<SessionsOptions<DefaultData>> = {},
): Promise<StartedExpress> {
  const { sessions, store } = startPaced('later', options)
  const app = express().set('env', 'test')
  app.use(session(sessions))
  build(app, sessions)
  const origin = `http://127.0.0.1:${await servingPort(createServer(app))}`
  return { visitor: new AdapterVisitor({ origin, close: () => {} }), origin, sessions, store }
}

/** A form, as a browser posts it. */
export function form(fields: Record<string, string>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) }
}
