// 2^32 divided by the golden ratio: odd, and its bits look random, so that every bit of a key reaches every bit above it.
const FACTOR = 0x9e3779b1

/** Draws a seed, so that nobody outside can choose names that share a bucket. It is odd, so never 0. */
export function newSeed(): number {
  const [seed = 1] = crypto.getRandomValues(new Int32Array(1))
  return seed | 1
}

/**
 * Hashes a text to 32 bits, all of them usable.
 * @param seed - Odd: an even factor would lose bits.
 * @param characters - How many to hash, from the end of the text.
 */
export function hashOf(key: string, seed: number, characters: number): number {
  const { length } = key
  let hash = seed ^ length
  let index = Math.max(0, length - characters)
  for (; index + 1 < length; index += 2) {
    hash = mix(hash ^ key.charCodeAt(index) ^ (key.charCodeAt(index + 1) << 16), seed)
  }
  if (index < length) hash = mix(hash ^ key.charCodeAt(index), seed)
  // A product's upper bits depend on the whole key, its lower ones do not; buckets are chosen by the lower ones.
  return hash ^ (hash >>> 16)
}

function mix(hash: number, seed: number): number {
  const product = Math.imul(hash, FACTOR)
  // Were the seed no factor, what two names differ by could be followed without it, and undone by their next characters.
  return Math.imul(product ^ (product >>> 15), seed)
}
