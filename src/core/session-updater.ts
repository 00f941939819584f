import { copyJson, writeData } from './data-text.ts'
import type { Answerable } from './decide.ts'
import { changeDraft, type DraftChange } from './draft-change.ts'
import type { Engine } from './engine.ts'
import { LoadedSession } from './loaded-session.ts'
import { copyParsed } from './parsed-copy.ts'
import { diff } from './patch.ts'
import type { CookieVerb, SessionSaver } from './session-saver.ts'
import type { Loss, SessionState } from './session-state.ts'

/** The response an update belongs to. */
export interface UpdatedAnswer extends Answerable {
  /** Notes what a save means for its cookie. */
  note(verb: CookieVerb): void
}

/** Changes a session's data in one atomic step. */
export class SessionUpdater {
  readonly #engine: Engine
  readonly #saver: SessionSaver

  constructor(engine: Engine, saver: SessionSaver) {
    this.#engine = engine
    this.#saver = saver
  }

  /**
   * Makes a change over the newest data, which the session shows from then on. Answers whether it was written: not, where the session
   * had ended. Then it shows none, so that a handler that does not ask for the answer finds nobody who is to be let in.
   */
  async update(state: SessionState, change: DraftChange, answer: UpdatedAnswer): Promise<boolean> {
    const { turns } = state
    const written = await this.#update(state, change, answer)
    // Renewed meanwhile: what it has now is another session's.
    if (!written && turns === state.turns) state.empty()
    return written
  }

  async #update(state: SessionState, change: DraftChange, answer: UpdatedAnswer): Promise<boolean> {
    if (state.unreachable !== null) throw state.unreachable.error
    // Destroyed, it is over for this request, also where the store has yet to hear of it.
    if (state.ended || state.fate === 'destroyed') return false
    // What else there is to save must be fit for it: found out only afterwards, the change would be in the store.
    state.snapshot()
    // Until it has moved, others still write what goes over under the old id.
    if (state.loaded !== null && state.fate === 'renewed' && state.goesOn) {
      answer.note(await this.#saver.save(state, answer))
      if (state.ended) return false
    }
    const { loaded } = state
    const shared = loaded !== null && state.fate === 'kept'
    return shared ? this.#updateShared(state, loaded, change, answer) : this.#updateOwn(state, change, answer)
  }

  /** Nobody else has this session's id yet: a change needs no store to be atomic. */
  async #updateOwn(state: SessionState, change: DraftChange, answer: UpdatedAnswer): Promise<boolean> {
    const before = copyJson(state.seen)
    const draft = await changeDraft(copyParsed(before), change)
    writeData(draft, this.#engine.policy.maxBytes)
    state.patch(diff(before, draft))
    const { turns } = state
    try {
      answer.note(await this.#saver.save(state, answer))
    } catch (error) {
      // Left in the session, it would be saved as the response leaves, after the app has heard that it was not.
      if (turns === state.turns) state.patch(diff(draft, before))
      throw error
    }
    return !state.ended
  }

  async #updateShared(
    state: SessionState,
    loaded: LoadedSession,
    change: DraftChange,
    answer: UpdatedAnswer,
  ): Promise<boolean> {
    const { writer, events } = this.#engine
    const { turns } = state
    const { id } = loaded.record
    const result = await writer.rewrite(loaded, (newest) => changeDraft(newest, change), answer)
    if (result.outcome === 'gone' || result.outcome === 'unmovable') {
      const loss: Loss = { id, reason: result.outcome === 'gone' ? 'gone' : 'headers-sent' }
      events.emit('discarded', loss)
      state.lose(loss, null)
      return false
    }
    const { record } = result
    if (result.outcome === 'written') {
      state.rebase(LoadedSession.writtenOver(record, loaded.ticket, result.data), turns)
      return true
    }
    state.rebase(LoadedSession.under(result.token, record, result.data), turns)
    events.emit('regenerated', { id: record.id, previousId: id, user: record.user })
    answer.note('set')
    return true
  }
}
