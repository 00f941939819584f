import { ConfigError } from './errors.ts'

/** The shortest secret taken, in characters. */
const MIN_LENGTH = 32
const MIN_DISTINCT_CHARACTERS = 8
/** The longest that may stand between two copies, as in `one and one`, without hiding that they are copies. */
const MAX_SEPARATOR = 5
const FIX = "Make one with 'coatcheck secret' and give it through the environment, never in the source."

/**
 * Refuses a secret that somebody could guess.
 * @param option - What it was given as, for the message.
 * @throws {ConfigError} `ERR_CONFIG_INSECURE` it is missing, under 32 characters, or too uniform to be random: of few
 * characters, or a text that repeats itself. The message does not hold it.
 * @see OWASP ASVS 5.0 11.5.1, 13.3.1
 */
export function checkSecret(secret: unknown, option: string): asserts secret is string {
  if (secret === undefined) throw weak(option, 'is missing')
  if (typeof secret !== 'string') throw weak(option, 'is not a text')
  if (secret === '') throw weak(option, 'is missing, or an empty text')
  if (secret.length < MIN_LENGTH) {
    throw weak(option, `has ${secret.length} characters; ${MIN_LENGTH} is the least that is safe`)
  }
  if (new Set(secret).size < MIN_DISTINCT_CHARACTERS) {
    throw weak(option, 'repeats a few characters over and over, so it is not random')
  }
  if (repeatsItself(secret)) throw weak(option, 'is a text that repeats itself, so it is not random')
}

/** Tells whether a text is one of at most half its length over and over, with or without a separator. */
function repeatsItself(text: string): boolean {
  const longest = (text.length + MAX_SEPARATOR) / 2
  for (let period = 1; period <= longest; period++) {
    if (text.startsWith(text.slice(period))) return true
  }
  return false
}

function weak(option: string, fault: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INSECURE', `${option} ${fault}. ${FIX}`)
}
