/**
 * Tells whether a response has been read or sent before, so that nothing is left of its body.
 *
 * One of the class that @hono/node-server puts in the place of the platform's is not asked: it would make the platform's inside
 * itself, which takes 100 us more to send (Node 24).
 */
export function isUsed(response: Response): boolean {
  return isOfPlatform(response) && response.bodyUsed
}

function isOfPlatform(response: Response): boolean {
  const above = Reflect.getPrototypeOf(Response.prototype)
  // On Workers the class itself extends another, which is no response.
  const replaced = above !== null && 'status' in above
  return !replaced || !Object.prototype.isPrototypeOf.call(Response.prototype, response)
}
