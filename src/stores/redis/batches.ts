// So many commands are written without waiting for a reply: one round trip for a batch.
const BATCH = 1_000

/** Parts ids, or what else is given, into batches of 1,000, or of another size. */
export function batches<Item>(items: readonly Item[], size: number = BATCH): Item[][] {
  const parts: Item[][] = []
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size))
  return parts
}
