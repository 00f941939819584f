import type { Measured } from './rig/measure.ts'
import { readResults } from './rig/results.ts'
import { cpuShare } from './rig/within-rounds.ts'

/** Why a peer costs less than we do somewhere. */
interface Reason {
  /** The peer's name, as tables give it. */
  peer: string
  question: string
  because: string
}

// Written by hand, after looking. `peerWins` asks for a line here when a new case turns up.
const REASONS: readonly Reason[] = [
  {
    peer: 'hono-sessions',
    question: 'create',
    because:
      'run lean, its cookie is the bare id: nothing is hashed or signed, and whoever reads its store has all ids',
  },
  {
    peer: '@fastify/secure-session',
    question: 'create',
    because:
      'it has no store: the cookie is the session, sealed once, and can be neither revoked nor told from an old one',
  },
  {
    peer: 'koa-session, external store',
    question: 'create',
    because:
      'its store here is a bare Map of the objects themselves: nothing is written as text, timed or listed by user',
  },
  {
    peer: '@fastify/secure-session',
    question: 'forged',
    because: 'its seal is checked by libsodium in one native call; our HMAC is two calls into OpenSSL',
  },
  ...['express-session, connect-redis', '@fastify/session'].map((peer) => ({
    peer,
    question: 'write',
    because:
      'it writes with a plain SET, over whatever a parallel request wrote; ours is a script that writes on a condition',
  })),
  {
    peer: 'express-session, connect-pg-simple',
    question: 'write',
    because:
      'it writes with an upsert, over whatever a parallel request wrote; ours is an UPDATE on a condition, and in another run cost the same',
  },
]

// The same server measured twice differs by as much on these machines.
const TELLABLE = 0.03

/** Names every cell of the latest results in which a peer costs less CPU than we do, with the reason. */
export function peerWins(questions: readonly string[]): string[] {
  return questions.flatMap((question) => {
    const measured = readResults(question)?.measured ?? []
    return measured.flatMap((peer) => {
      const ours = oursBeside(peer, measured)
      if (peer.kind !== 'peer' || ours === undefined) return []
      const share = cpuShare(peer, ours)
      if (share >= 1) return []
      const figures = `${share.toFixed(2)} of our CPU (${peer.cpuMicros.toFixed(1)} and ${ours.cpuMicros.toFixed(1)} us)`
      const where = `${question} on ${peer.framework}, ${peer.store}`
      const tellable = 1 - share > TELLABLE
      return [`${where}: ${peer.subject}, ${figures}: ${reasonFor(question, peer.subject, tellable)}`]
    })
  })
}

function oursBeside(peer: Measured, measured: readonly Measured[]): Measured | undefined {
  return measured.find(
    (one) =>
      one.subject === 'coatcheck' &&
      one.framework === peer.framework &&
      one.store === peer.store &&
      one.variant === peer.variant,
  )
}

function reasonFor(question: string, peer: string, tellable: boolean): string {
  const found = REASONS.find((reason) => reason.peer === peer && reason.question === question)
  if (found !== undefined) return found.because
  return tellable
    ? 'no reason written down yet (bench/peer-wins.ts)'
    : `a tie: within ${TELLABLE * 100}%, which is less than two runs of one server differ by`
}
