import type { FastifyReply } from 'fastify'

/**
 * Removes a reply's trailers: they were of the body that is not sent, and beside the length of the error's, clients
 * could not read it.
 *
 * Fastify removes them by name, and tells nobody the names: they are the keys of a property of its own.
 */
export function removeTrailers(reply: FastifyReply): void {
  const property = Object.getOwnPropertySymbols(reply).find((key) => key.description === TRAILERS)
  const trailers: unknown = property === undefined ? null : Reflect.get(reply, property)
  if (typeof trailers !== 'object' || trailers === null) return
  for (const name of Object.keys(trailers)) reply.removeTrailer(name)
}

const TRAILERS = 'fastify.reply.trailers'
