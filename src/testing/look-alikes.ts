/** Gives a user's id and others that look like it: names that collations, patterns, key formats and escaping confuse. */
export function lookAlikes(user: string): string[] {
  const tails = [
    '',
    ' ',
    '  ',
    '%',
    '_',
    '*',
    '?',
    ':',
    ':1',
    '{}',
    '{1}',
    "'",
    '"',
    '`',
    '\\',
    '\n',
    '/',
    '../',
    ';--',
    '$1',
    '[a]',
    ',',
  ]
  const letters = [
    'Bob',
    'bob',
    'BOB',
    'b\u00F3b',
    'bo\u0301b',
    'stra\u00DFe',
    'strasse',
    '\u0131',
    'i',
    '\u{1F9E5}',
    '\u{1F9E4}',
    '\u4EBA',
  ]
  // A text that databases refuse, halves of characters that UTF-8 makes one of, and what every object has.
  const hostile = ['a\0b', 'a', '\uD800', '\uD801', '\uFFFD', '__proto__', 'constructor', 'toString']
  const long = ['x'.repeat(199), 'x'.repeat(200), '\u00E9'.repeat(200)]
  return [...tails.map((tail) => user + tail), ` ${user}`, ...letters, ...hostile, ...long]
}
