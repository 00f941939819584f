/** Says that a call has lost its turn at a basic store: its time was over before it was done. */
export class TimeOver extends Error {
  constructor() {
    super('The time for an answer was over before it was done.')
  }
}
