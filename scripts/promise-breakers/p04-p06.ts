import type { PromiseBreaker } from './promise-breaker.ts'

/** Breaks the promises P4 to P6. */
export const BREAKERS_P04_P06: readonly PromiseBreaker[] = [
  {
    promise: 'P4',
    breaks: 'leaves a record where it is that was found and not let in',
    file: 'core/session-opener.ts',
    find: 'remains: ticket.id }',
    replace: 'remains: null }',
  },
  {
    promise: 'P4',
    breaks: 'begins a session in the place of one that was ended since the request came',
    file: 'core/session-opener.ts',
    find: '!this.#ended?.isEndedSince(missing.id, before)',
    replace: 'this.#ended !== undefined',
  },
  {
    promise: 'P4',
    breaks: 'has a handler go on with what it loaded, whose update() found no session',
    file: 'core/session-updater.ts',
    find: 'if (!written && turns === state.turns) state.empty()',
    replace: '',
  },
  {
    promise: 'P4',
    breaks: 'writes without a condition, so that a save brings a dead session back',
    file: 'core/store-access.ts',
    find: 'const answer = this.#store.replace(record.id, record, options)',
    replace:
      "const answer = Promise.resolve(this.#store.set(record.id, record, options)).then(() => 'written' as const)",
  },
  {
    promise: 'P4',
    breaks: 'saves a session that has ended as a new one',
    file: 'core/session-saver.ts',
    find: "if (result.outcome === 'gone') return this.#discarded(state, gone(loaded), snapshot)",
    replace:
      "if (result.outcome === 'gone') {\n          state.loaded = null\n          return this.#create(state, plan)\n        }",
  },
  {
    promise: 'P4',
    breaks: 'brings back under a new id what was found gone',
    file: 'core/session-state.ts',
    find: 'this.ended = this.lost !== null',
    replace: 'this.ended = false',
  },
  {
    promise: 'P4',
    breaks: 'takes destroyed data over into a new id',
    file: 'core/session-state.ts',
    find: "if (this.fate === 'destroyed') return []",
    replace: '',
  },
  {
    promise: 'P4',
    breaks: 'keeps the new record of a session that ended while its id changed',
    file: 'core/record-writer.ts',
    find: "return outcome === 'missing' ? this.#takeBack(base, first.record) : follow()",
    replace: "return outcome === 'missing' ? first : follow()",
  },
  {
    promise: 'P4',
    breaks: 'writes on after the timeout, since it was alive when loaded',
    file: 'core/session-saver.ts',
    find: 'if (loaded === null || !state.goesOn || expiryOf(loaded.record, policy, now) === null)',
    replace: 'if (loaded === null || loaded !== null)',
  },
  {
    promise: 'P4',
    breaks: 'lets a touch bring a record back on a store without a touch of its own',
    file: 'core/two-step-store.ts',
    find: 'if (!stored) return false',
    replace:
      "if (!stored) {\n        const record = { id, data: '{}', revision: 1, createdAt: touchedAt, touchedAt, expiresAt }\n        await this.#write(id, record, { ttl }, turn)\n        return true\n      }",
  },
  {
    promise: 'P5',
    breaks: 'keeps the id when the user changes',
    file: 'core/decide.ts',
    find: "if (fate === 'renewed' || userChanged)",
    replace: "if (fate === 'renewed')",
  },
  {
    promise: 'P5',
    breaks: 'moves a session whose new cookie reaches nobody',
    file: 'core/passage.ts',
    find: "if (answer === 'open') return true",
    replace: "if (answer !== 'unheard') return true",
  },
  {
    promise: 'P5',
    breaks: 'keeps the id when the user changes by update()',
    file: 'core/record-writer.ts',
    find: 'if (draft.user !== record.user)\n      return answer',
    replace: 'if (draft.user === null)\n      return answer',
  },
  {
    promise: 'P5',
    breaks: 'leaves the old id alive when the id changes',
    file: 'core/record-writer.ts',
    find: 'Written | null>(this.#end(base, newest), (outcome)',
    replace: "Written | null>('written', (outcome)",
  },
  {
    promise: 'P5',
    breaks: 'wipes the data at clear() and goes on under the old id',
    file: 'core/passage.ts',
    find: "if (state.fate !== 'destroyed') state.renew([])",
    replace: 'for (const key of Object.keys(state.data)) state.remove(key)',
  },
  {
    promise: 'P5',
    breaks: 'carries all data over at regenerate()',
    file: 'core/passage.ts',
    find: 'state.renew(carry)',
    replace: "state.renew(carry === null ? [] : 'all')",
  },
  {
    promise: 'P6',
    breaks: 'stores sessions under their tokens',
    file: 'core/ticket.ts',
    find: 'return sha256(token)',
    replace: 'return token + sha256(token).slice(43)',
  },
  {
    promise: 'P6',
    breaks: 'takes a record of another id for its own',
    file: 'core/record.ts',
    find: 'record.id === id &&',
    replace: "id !== '' &&",
  },
]
