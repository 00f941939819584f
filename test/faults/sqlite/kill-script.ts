import type { SessionRecord } from '../../../src/core/record.ts'

/** What a session of the script must look like: its record, or `null` when it must be gone. */
export type Expected = Pick<SessionRecord, 'data' | 'revision'> | null

const STEPS_PER_SESSION = 3

/** Gives the id of the session that a step works on. Each session is worked on by three steps in a row. */
export function idAt(round: number, step: number): string {
  return `round-${round}-session-${Math.floor(step / STEPS_PER_SESSION)}`
}

/** Gives the record as a step writes it: texts of changing length, so that a torn one would show. */
export function recordAt(round: number, step: number): SessionRecord {
  const filling = String.fromCharCode(97 + (step % 26)).repeat(50 + ((step * 997) % 9_000))
  const [createdAt, touchedAt, expiresAt] = [1, 2, 3]
  const data = JSON.stringify({ round, step, filling })
  return {
    id: idAt(round, step),
    data,
    revision: actionAt(step) === 'create' ? 1 : 2,
    createdAt,
    touchedAt,
    expiresAt,
  }
}

/** Gives what a step does: sessions are created, then replaced, then every second one is destroyed. */
export function actionAt(step: number): 'create' | 'replace' | 'destroy' | 'nothing' {
  const [session, turn] = [Math.floor(step / STEPS_PER_SESSION), step % STEPS_PER_SESSION]
  if (turn < 2) return turn === 0 ? 'create' : 'replace'
  return session % 2 === 0 ? 'destroy' : 'nothing'
}

/** Gives what the store must hold after the first `steps` steps of a round. */
export function expectedAfter(round: number, steps: number): Map<string, Expected> {
  const expected = new Map<string, Expected>()
  for (let step = 0; step < steps; step++) {
    const action = actionAt(step)
    if (action === 'destroy') expected.set(idAt(round, step), null)
    else if (action !== 'nothing') expected.set(idAt(round, step), recordAt(round, step))
  }
  return expected
}
