/** Named values; a name that came several times has a list. Has no prototype: a missing name is `undefined`, whatever it is. */
export type Fields<Value> = Record<string, Value | Value[]>

/** Collects the pairs of a query, a form or a multipart body. */
export function collectFields<Value>(pairs: Iterable<[string, Value]>): Fields<Value> {
  const fields: Fields<Value> = Object.create(null)
  for (const [name, value] of pairs) {
    // An ordinary key here, but one that would set a prototype as soon as somebody copies the fields.
    if (name === '__proto__') continue
    const known = fields[name]
    if (known === undefined) fields[name] = value
    else if (Array.isArray(known)) known.push(value)
    else fields[name] = [known, value]
  }
  return fields
}
