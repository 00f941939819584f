import { expect, test } from 'vitest'
import { Visitor } from '../../src/testing/visitor.ts'

/**
 * Registers what holds for visitors of a `workerSite` inside a Worker, whatever store it has.
 * @param url - Gives where it serves.
 */
export function siteOnWorker(url: () => string): void {
  async function sessionOf(visitor: Visitor): Promise<unknown> {
    return (await visitor.get('/session')).json()
  }

  async function signedIn(user: string): Promise<Visitor> {
    const visitor = new Visitor(url())
    await visitor.post(`/login/${user}`)
    return visitor
  }

  test('on a Worker, a visit without a session leaves nothing, and one that counts is counted on [P1]', async () => {
    const visitor = new Visitor(url())
    expect(await sessionOf(visitor)).toEqual({})
    expect(visitor.cookieHeader).toBe('')
    await visitor.post('/counter')
    await visitor.post('/counter')
    expect(await sessionOf(visitor)).toEqual({ count: 2 })
  })

  test('on a Worker, 20 updates at once lose none [P3]', async () => {
    const visitor = new Visitor(url())
    await visitor.post('/counter')
    const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.post('/increment')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    expect(await sessionOf(visitor)).toEqual({ count: 21 })
  })

  test('on a Worker, a login changes the ticket, and the old one is dead [P5]', async () => {
    const visitor = new Visitor(url())
    await visitor.post('/counter')
    const before = visitor.copy()
    await visitor.post('/login/ann')
    expect(visitor.cookieHeader).not.toBe(before.cookieHeader)
    expect(await sessionOf(visitor)).toEqual({ count: 1, userId: 'ann' })
    expect(await sessionOf(before)).toEqual({})
  })

  test('on a Worker, a logout ends the session, also for who kept the cookie [P4]', async () => {
    const visitor = await signedIn('bob')
    const thief = visitor.copy()
    await visitor.post('/logout')
    expect(visitor.cookieHeader).toBe('')
    expect(await sessionOf(thief)).toEqual({})
  })

  test('on a Worker, a revocation ends all sessions of a user and no other [P4]', async () => {
    const [one, two, other] = [await signedIn('cid'), await signedIn('cid'), await signedIn('dan')]
    expect(await (await new Visitor(url()).post('/revoke/cid')).json()).toBe(2)
    expect(await sessionOf(one)).toEqual({})
    expect(await sessionOf(two)).toEqual({})
    expect(await sessionOf(other)).toEqual({ userId: 'dan' })
  })
}
