/** What the app has told itself at its start. */
export const askedAtStart = Promise.withResolvers<unknown>()
