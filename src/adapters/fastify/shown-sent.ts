import type { FastifyReply } from 'fastify'
import { serverOf } from '../held-response/shown-finish.ts'

const SENT: PropertyDescriptor = { value: true, configurable: true, enumerable: true }

/**
 * Tells whether a reply can be shown as sent by its response looking ended: not without a server of Node's, for what stands in for
 * one, on AWS Lambda, answers with what looks ended, and that would be an empty body.
 */
export function showsByResponse(reply: FastifyReply): boolean {
  return serverOf(reply.raw) !== undefined
}

/** Has a reply say that it was sent until its session is saved: by that Fastify knows that a guard has answered. */
export async function shownSent(reply: FastifyReply, saving: PromiseLike<void>): Promise<void> {
  Object.defineProperty(reply, 'sent', SENT)
  try {
    await saving
  } finally {
    // Fastify is about to send it, or an error in its place.
    Reflect.deleteProperty(reply, 'sent')
  }
}
