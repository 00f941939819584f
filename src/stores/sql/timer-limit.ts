/** The longest a timer can wait, in milliseconds: some 25 days. Past it, timers fire at once. */
export const LONGEST_TIMER_MS = 2_147_483_647
