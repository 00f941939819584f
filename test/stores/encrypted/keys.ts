/** Keys of the tests. Nothing else is encrypted with them. */
export const KEY = 'encrypts the records of the tests: 0b7e19c4'
/** The one that {@link KEY} took the place of. */
export const OLD_KEY = 'encrypted them before that: 55d0a2f3e81b9c'
