import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Visitor } from '../../../src/testing/visitor.ts'
import { type LocalWorker, startWorker } from '../../runtimes/local-worker.ts'
import { siteOnWorker } from '../site-on-worker.ts'

let worker: LocalWorker
let owner: Visitor
beforeAll(async () => {
  worker = await startWorker(join(import.meta.dirname, 'site-main.ts'))
  owner = new Visitor(worker.url)
  expect((await owner.post('/migrate')).status).toBe(204)
})
afterAll(() => worker?.stop())

async function signedIn(user: string): Promise<Visitor> {
  const visitor = new Visitor(worker.url)
  await visitor.post(`/login/${user}`)
  return visitor
}

siteOnWorker(() => worker.url)

test('on a Worker, a store may also be made for one request, and the expired may be deleted when asked for', async () => {
  const count = async (): Promise<unknown> => (await owner.get('/count')).json()
  const before = await count()
  await signedIn('eve')
  expect(await count()).toBe(Number(before) + 1)
  await worker.database.prepare("UPDATE coatcheck_sessions SET dies_at = 1 WHERE user_id = 'eve'").run()
  expect(await count()).toBe(before)
  expect(await (await owner.post('/clean')).json()).toBe(1)
})

/** Sends a request whose client leaves in the middle, by a reset: workerd cancels the request then, its timers and what it waits for. */
async function leave(path: string, cookie: string, afterMs: number): Promise<void> {
  const { host, hostname, port } = new URL(worker.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nContent-Length: 0\r\n\r\n`)
  await delay(afterMs)
  socket.resetAndDestroy()
}

describe.each(['/late', '/basic'])('on a Worker with a store that is far away (%s)', (path) => {
  test('a client that leaves in the middle of a write holds up nobody for long [P11]', async () => {
    const visitor = new Visitor(worker.url)
    await visitor.post(`${path}/login/ann`)
    await leave(`${path}/increment`, visitor.cookieHeader, 90)
    await vi.waitFor(async () => expect((await visitor.post(`${path}/increment`)).status).toBe(204), {
      timeout: 8_000,
      interval: 50,
    })
    expect((await visitor.post(`${path}/increment`)).status).toBe(204)
    const thief = visitor.copy()
    expect((await visitor.post(`${path}/logout`)).status).toBe(204)
    expect(await (await thief.get(`${path}/session`)).json()).toEqual({})
  })

  test('a client that leaves in the middle of a revocation holds up nobody for long [P11]', async () => {
    const visitor = new Visitor(worker.url)
    await visitor.post(`${path}/login/bob`)
    await leave(`${path}/revoke/cid`, '', 30)
    // Between its two steps, on a store that has two.
    await leave(`${path}/increment`, visitor.cookieHeader, 210)
    await vi.waitFor(async () => expect((await visitor.post(`${path}/increment`)).status).toBe(204), {
      timeout: 8_000,
      interval: 50,
    })
    const revoked = async () => (await owner.post(`${path}/revoke/bob`)).json()
    await vi.waitFor(async () => expect(await revoked()).toBe(1), { timeout: 8_000, interval: 50 })
    expect(await (await visitor.get(`${path}/session`)).json()).toEqual({})
  })
})
