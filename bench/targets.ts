import type { Measured } from './rig/measure.ts'
import type { Table } from './rig/question.ts'
import { readResults } from './rig/results.ts'
import { AT_NODE, FLOOR, type Framework } from './subjects/subject.ts'

/** A figure to reach: the bare framework's CPU a request, divided by ours, with the memory store. */
interface Target {
  question: string
  /** On Fastify, Hono, Koa and node:http. */
  light: number
  /** On Express, which itself costs more. */
  express: number
}

const TARGETS: readonly Target[] = [
  { question: 'read', light: 0.75, express: 0.88 },
  { question: 'write', light: 0.65, express: 0.82 },
  { question: 'untouched', light: 0.95, express: 0.97 },
  { question: 'visitor', light: 0.95, express: 0.97 },
  { question: 'forged', light: 0.8, express: 0.9 },
]

const FRAMEWORKS: readonly Framework[] = ['node', 'hono', 'fastify', 'koa', 'express']

/**
 * Fills the figures to reach in from the latest results: ours, whether it is enough, what an empty middleware reaches,
 * ours at the Node server below the framework, and the best peer.
 */
export function targetTable(): Table {
  return {
    title: 'Figures to reach (memory store, CPU a request, bare framework = 1)',
    columns: ['question', ...FRAMEWORKS],
    rows: TARGETS.map((target) => {
      const measured = readResults(target.question)?.measured ?? []
      return [target.question, ...FRAMEWORKS.map((framework) => cell(target, framework, measured))]
    }),
  }
}

function cell(target: Target, framework: Framework, measured: readonly Measured[]): string {
  const wanted = framework === 'express' ? target.express : target.light
  const here = measured.filter((one) => one.framework === framework && one.store === 'memory')
  const ours = here.find((one) => one.kind === 'ours' && one.subject === 'coatcheck')
  if (ours === undefined) return `? of ${wanted}`
  const atNode = here.find((one) => one.subject === AT_NODE)
  const peer = here.filter((one) => one.kind === 'peer').toSorted((a, b) => b.ratio - a.ratio)[0]
  const floor = here.find((one) => one.subject === FLOOR.name)
  const parts = [
    verdict(ours, wanted) + (floor === undefined ? '' : ` (floor ${floor.ratio.toFixed(2)})`),
    ...(atNode === undefined ? [] : [`at the Node server ${verdict(atNode, wanted)}`]),
    ...(peer === undefined ? [] : [`${peer.subject} ${peer.ratio.toFixed(2)}`]),
  ]
  return parts.join(', ')
}

function verdict({ ratio }: Measured, wanted: number): string {
  const reached = ratio >= wanted
  // A miss that two decimals would hide is shown with three.
  const digits = !reached && ratio.toFixed(2) === wanted.toFixed(2) ? 3 : 2
  return `${ratio.toFixed(digits)} ${reached ? 'reached' : `MISSED ${wanted}`}`
}
