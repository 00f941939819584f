import type { Profiler } from 'node:inspector/promises'
import { BUILT_FOLDER } from '../subjects/built.ts'

/** What one function cost by itself, without what it called. */
export interface FunctionCost {
  /** Whose it is: a package's name, `node` for Node's own, `coatcheck`, or `V8` for the engine. */
  owner: string
  /** Its name and place: for ours the source file, without a line. */
  place: string
  micros: number
}

type CallFrame = Profiler.Profile['nodes'][number]['callFrame']

/** Adds the samples of profiles up by function, the dearest first. Waiting for work does not count. */
export function functionCosts(profiles: readonly Profiler.Profile[]): FunctionCost[] {
  const costs = new Map<string, FunctionCost>()
  for (const { nodes, samples = [], timeDeltas = [] } of profiles) {
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
    for (const [at, id] of samples.entries()) {
      const frame = frames.get(id)
      if (frame === undefined || isNoWork(frame)) continue
      const owner = ownerOf(frame)
      const place = placeOf(frame, owner)
      const cost = costs.get(place) ?? { owner, place, micros: 0 }
      cost.micros += timeDeltas[at] ?? 0
      costs.set(place, cost)
    }
  }
  return [...costs.values()].toSorted((a, b) => b.micros - a.micros)
}

/** Adds costs up by owner, the dearest first. */
export function costsByOwner(costs: readonly FunctionCost[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { owner, micros } of costs) sums.set(owner, (sums.get(owner) ?? 0) + micros)
  return new Map([...sums].toSorted(([, a], [, b]) => b - a))
}

/** Waiting, and the work of profiling itself. */
function isNoWork({ functionName, url }: CallFrame): boolean {
  return functionName === '(idle)' || functionName === '(root)' || url.startsWith('node:inspector')
}

function ownerOf({ url }: CallFrame): string {
  if (url === '') return 'V8'
  if (url.startsWith('node:')) return 'node'
  if (url.includes(BUILT_FOLDER)) return 'coatcheck'
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)
  return inPackage?.[1] ?? 'handler'
}

function placeOf({ functionName, url }: CallFrame, owner: string): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (owner === 'V8') return name
  if (owner === 'coatcheck') {
    const file = url.slice(url.indexOf(BUILT_FOLDER) + BUILT_FOLDER.length)
    return `${name} src/${file.replace(/\.js$/, '.ts')}`
  }
  return `${name} ${url.replace(/^.*\/(?=node_modules\/|bench\/)/, '')}`
}
