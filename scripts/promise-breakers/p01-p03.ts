import type { PromiseBreaker } from './promise-breaker.ts'

/** Breaks the promises P1 to P3. */
export const BREAKERS_P01_P03: readonly PromiseBreaker[] = [
  {
    promise: 'P1',
    breaks: 'makes a record for a visitor without data',
    file: 'core/decide.ts',
    find: "if (fate !== 'destroyed' && !empty) return",
    replace: "if (fate !== 'destroyed') return",
  },
  {
    promise: 'P1',
    breaks: 'takes every session for used',
    file: 'core/passage.ts',
    find: 'if (!this.#hasToSave) return',
    replace: 'this.#state.used = true',
  },
  {
    promise: 'P1',
    breaks: 'parses the data of every session it loads',
    file: 'core/session-state.ts',
    find: 'if (loaded.data !== undefined) this.#own = OwnData.of(loaded.data)',
    replace: 'void this.data',
  },
  {
    promise: 'P1',
    breaks: 'asks a store that is immediate about sessions nobody uses',
    file: 'core/sessions.ts',
    find: 'if (this.#defers) return',
    replace: 'if (this.#defers === null) return',
  },
  {
    promise: 'P1',
    breaks: 'asks the store about forged tickets',
    file: 'core/ticket.ts',
    find: "if (age === null) return 'forged'",
    replace: "if (age === null) return newTicket(value, sessionIdOf(sheet.token), 'current')",
  },
  {
    promise: 'P2',
    breaks: 'answers before the store has answered',
    file: 'core/passage.ts',
    find: 'return isPromise(departed) ? departed.then(undefined, (error: unknown) => this.#fail(error)) : departed',
    replace: 'return isPromise(departed) ? this.#depart() : departed',
  },
  {
    promise: 'P2',
    breaks: 'takes a failed save for a success',
    file: 'core/passage.ts',
    find: 'departed.then(undefined, (error: unknown) => this.#fail(error))',
    replace: 'departed.then(undefined, () => this.#depart())',
  },
  {
    promise: 'P3',
    breaks: 'takes nothing over of what others wrote into a session that was renewed during a write',
    file: 'core/session-state.ts',
    find: "if (this.fate !== 'renewed') return",
    replace: 'if (this.ended === false) return',
  },
  {
    promise: 'P3',
    breaks: 'undoes a change back that was made during a save',
    file: 'core/session-state.ts',
    find: 'adopt(this.#newest(loaded), [this.#parsed(saved.text)], this.data)',
    replace: 'adopt(this.#newest(loaded), [this.#parsed(this.#baseText)], this.data)',
  },
  {
    promise: 'P2',
    breaks: 'ends a streamed body without waiting for the save at its end',
    file: 'adapters/held-response.ts',
    find: "method === 'end' && !this.#ending ? this.#save() : undefined",
    replace: 'undefined',
  },
  {
    promise: 'P3',
    breaks: 'writes over whatever revision is there',
    file: 'core/store-access.ts',
    find: 'const answer = this.#store.replace(record.id, record, options)',
    replace:
      "const answer = Promise.resolve(this.#store.set(record.id, record, options)).then(() => 'written' as const)",
  },
  {
    promise: 'P3',
    breaks: 'writes all of its data over what others wrote',
    file: 'core/session-saver.ts',
    find: 'apply(diffTexts([base, ...inDoubt], text), data)',
    replace:
      'for (const key of Object.keys(data)) delete data[key]\n  Object.assign(data, JSON.parse(text), diffTexts([base, ...inDoubt], base))',
  },
  {
    promise: 'P3',
    breaks: 'updates the data it was loaded with, not the newest',
    file: 'core/session-updater.ts',
    find: '(newest) => changeDraft(newest, change)',
    replace: '() => changeDraft(copyJson(state.data), change)',
  },
  {
    promise: 'P3',
    breaks: 'gives what it remembers of a session away to be changed',
    file: 'core/own-data.ts',
    find: '    this.#redeem(key)\n    return this.#values[key]',
    replace: '    return this.#values[key]',
  },
  {
    promise: 'P3',
    breaks: 'gives up at the first conflict',
    file: 'core/record-writer.ts',
    find: 'const MAX_ATTEMPTS = 200',
    replace: 'const MAX_ATTEMPTS = 1',
  },
  {
    promise: 'P3',
    breaks: 'ends a session with nothing to keep, whatever others have saved into it meanwhile',
    file: 'core/decide.ts',
    find: "carries ? 'leave' : 'destroy'",
    replace: "carries ? 'destroy' : 'destroy'",
  },
]
