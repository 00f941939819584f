import { appSubjects } from './app.ts'
import { expressSubjects } from './express.ts'
import { fastifySubjects } from './fastify.ts'
import { honoSubjects } from './hono.ts'
import { koaSubjects } from './koa.ts'
import { nodeSubjects } from './node.ts'
import type { Subject } from './subject.ts'

/** Every server that can be measured. */
export const allSubjects: readonly Subject[] = [
  ...nodeSubjects,
  ...honoSubjects,
  ...fastifySubjects,
  ...koaSubjects,
  ...expressSubjects,
  ...appSubjects,
]
