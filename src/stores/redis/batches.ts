// So many commands are written without waiting for a reply: one round trip for a batch.
const BATCH = 1_000

/** Parts ids into batches of 1,000. */
export function batches(ids: readonly string[]): string[][] {
  const parts: string[][] = []
  for (let at = 0; at < ids.length; at += BATCH) parts.push(ids.slice(at, at + BATCH))
  return parts
}
