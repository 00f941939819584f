import session from 'express-session'
import { expect, test, vi } from 'vitest'
import { createSessions } from '../../../src/index.ts'
import { ConnectSessionStore } from '../../../src/stores/connect.ts'
import { barrierStore } from '../../../src/testing/barrier-store.ts'
import { Visitor, type VisitorData } from '../visitor.ts'

test('a session revoked while a request of this process writes it stays dead [P4] [A22]', async () => {
  vi.spyOn(process, 'emitWarning').mockReturnValue()
  const store = barrierStore(new ConnectSessionStore(new session.MemoryStore()))
  const sessions = createSessions<VisitorData>({ secret: 'the secret of the revoke test: 19b5c0e2', store })
  const visitor = new Visitor(sessions)
  const id = await visitor.visit((opened) => {
    opened.userId = 'ann'
    return opened.id
  })
  const writing = store.hold('set')
  const write = visitor.twin().visit((opened) => {
    opened.note = 'in flight'
  })
  await writing.reached
  const revoked = sessions.revoke(id)
  writing.release()
  await Promise.all([write, revoked])
  expect(await visitor.visit((opened) => opened.userId)).toBeUndefined()
})
