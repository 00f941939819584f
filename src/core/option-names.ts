/**
 * Tells how an option is called where the reader has written it: `createApp` takes the same settings under other names.
 * @param option - Its name in `createSessions`; of the cookie's, such as `cookie.name`.
 */
export type OptionNames = (option: string) => string

/** The names that `createSessions` has. */
export const AS_IN_SESSIONS: OptionNames = (option) => option
