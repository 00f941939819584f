// The SDK opens up to 50 connections: half of them are left to other requests.
const AT_ONCE = 25

/** Does something with each of these, 25 at a time, and gives what came of it in their order. */
export async function inGroups<In, Out>(all: readonly In[], work: (one: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  for (let at = 0; at < all.length; at += AT_ONCE)
    results.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(work))))
  return results
}
