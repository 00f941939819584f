import type { session as expressSession } from '../../../src/adapters/express.ts'
import { serveConnect } from './connect.ts'
import { serveNest } from './nest.ts'
import { servePolka } from './polka.ts'
import { NO_WEB_RESPONSE, type Subject } from './subject.ts'

/** The frameworks that take Express's middleware. */
export type ExpressKin = 'connect' | 'polka' | 'nest'

/** Gives the Express adapter in each framework that takes Express's middleware. */
export function expressKinSubjects(session: typeof expressSession): Record<ExpressKin, Subject> {
  return {
    connect: { name: 'Connect', serve: serveConnect(session), skip: NO_WEB_RESPONSE },
    polka: { name: 'Polka', serve: servePolka(session), skip: NO_WEB_RESPONSE },
    nest: { name: 'NestJS', serve: serveNest(session), skip: [] },
  }
}
