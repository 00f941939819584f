/** Every way to write a key in JSON: each of its characters as it is or as an escape, in lower and in upper case. */
export function spellingsOf(key: string): string[] {
  let spellings = ['']
  for (const char of key) {
    const code = char.charCodeAt(0).toString(16).padStart(4, '0')
    const ways = new Set([char, `\\u${code}`, `\\u${code.toUpperCase()}`])
    spellings = spellings.flatMap((begun) => [...ways].map((way) => begun + way))
  }
  return spellings
}
