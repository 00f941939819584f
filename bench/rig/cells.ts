import { allSubjects } from '../subjects/all-subjects.ts'
import { ALL_STORES, type Framework, type StoreName, type Subject } from '../subjects/subject.ts'
import type { BenchOptions } from './options.ts'

/** Subjects that are compared with each other: those of one framework on one store, the bare framework first. */
export interface Cell {
  framework: Framework
  store: StoreName
  subjects: readonly Subject[]
}

const FRAMEWORKS: readonly Framework[] = ['node', 'hono', 'fastify', 'koa', 'express']

/** What is measured unless everything is asked for: every framework in memory, each database where a peer uses it. */
const USUAL: Record<StoreName, readonly Framework[]> = {
  memory: FRAMEWORKS,
  sqlite: ['node'],
  redis: ['node', 'fastify', 'express'],
  postgres: ['node', 'express'],
}

/**
 * Chooses what to compare.
 * @param stores - The stores a question asks about, unless the command line says otherwise.
 */
export function cellsFor(options: BenchOptions, stores: readonly StoreName[]): Cell[] {
  const asked = options.stores.length > 0 || options.full
  const wanted = ALL_STORES.filter((store) =>
    asked ? options.stores.length === 0 || options.stores.includes(store) : stores.includes(store),
  )
  return wanted.flatMap((store) =>
    FRAMEWORKS.filter((framework) => asked || USUAL[store].includes(framework)).flatMap((framework) => {
      const subjects = subjectsOf(framework, store, options.only)
      // A bare framework beside nothing answers no question.
      return subjects.some(({ kind }) => kind !== 'bare') ? [{ framework, store, subjects }] : []
    }),
  )
}

function subjectsOf(framework: Framework, store: StoreName, only: readonly string[]): Subject[] {
  return allSubjects.filter((subject) => {
    if (subject.framework !== framework || !subject.stores.includes(store)) return false
    const chosen = only.length === 0 || only.some((text) => text === framework || subject.name.includes(text))
    return chosen || subject.kind === 'bare'
  })
}
