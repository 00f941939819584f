import type { SeededRandom } from '../../engine/seeded-random.ts'
import { ENDS } from './ending-steps.ts'
import { BASICS, MOVES, VERBS } from './keeping-steps.ts'
import type { Step } from './step.ts'

/**
 * Draws what handlers do in one run: some of all there is, so that each is done often enough to meet itself.
 * @param endings - Whether the first session may be ended.
 */
export function drawSteps(random: SeededRandom, endings: boolean): readonly Step[] {
  const steps = endings ? [...VERBS, ...MOVES, ...ENDS] : [...VERBS, ...MOVES]
  return [...BASICS, ...steps.filter(() => random.chance(0.5))]
}
