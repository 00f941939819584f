import { type ExpressKin, expressKinSubjects } from '../../adapters/harness/express-kin-subjects.ts'
import { type NodeFramework, nodeSubjects } from '../../adapters/harness/node-subjects.ts'
import type { Subject } from '../../adapters/harness/subject.ts'
import type { WebPlatform } from '../../adapters/harness/web-platform.ts'
import { webSubjects } from '../../adapters/harness/web-subjects.ts'
import {
  adapterConformance,
  expressSession,
  fastifySession,
  fetchSession,
  honoSession,
  koaSession,
  nodeSession,
} from '../built.js'
import type { Suite } from './suite.ts'

/** The frameworks, on this runtime. */
export type Framework = NodeFramework | ExpressKin | 'hono' | 'fetch'

/** Gives every adapter of the built package, in each framework it is for, on this runtime. */
export function subjectsOn(platform: WebPlatform): Record<Framework, Subject> {
  return {
    ...nodeSubjects({
      express: expressSession,
      fastify: fastifySession,
      koa: koaSession,
      node: nodeSession,
    }),
    ...expressKinSubjects(expressSession),
    ...webSubjects({ fetch: fetchSession, hono: honoSession }, platform),
  }
}

/** The adapter conformance suite on an adapter. */
export function adapterSuite(subject: Subject): Suite {
  return {
    name: subject.name,
    part: 'adapters',
    cases: (add) => {
      adapterConformance({ ...subject, test: (title, run) => add(caseId(title), (context) => run(context)) })
    },
  }
}

/** A title is the adapter's name, the case's id, a colon and the behaviour: the id is enough for a table. */
function caseId(title: string): string {
  return /adapter\/[\w-]+/.exec(title)?.[0] ?? title
}
