import dns from 'node:dns'
import net from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { start } from '../engine/start.ts'

test('[A27] the core makes no request of its own, whatever is done with a session [C78]', async () => {
  const refuse = (): never => {
    throw new Error('the core went out')
  }
  const ways = [
    vi.spyOn(globalThis, 'fetch').mockImplementation(refuse),
    vi.spyOn(net, 'connect').mockImplementation(refuse),
    vi.spyOn(net, 'createConnection').mockImplementation(refuse),
    vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(refuse),
    vi.spyOn(dns, 'lookup').mockImplementation(refuse),
  ]
  onTestFinished(() => void vi.restoreAllMocks())

  const { browser, sessions } = start<{ userId: string; home: string; visits: number }>()
  // What names an address is data like any other.
  await browser.request((session) => session.set('home', 'http://169.254.169.254/latest'))
  await browser.request((session) => session.set('userId', 'https://id.example/ann'))
  await browser.request((session) => session.regenerate({ keep: true }))
  await browser.request((session) => session.update((draft) => void Object.assign(draft, { visits: 1 })))
  expect(await sessions.user('https://id.example/ann').list()).toHaveLength(1)
  expect((await sessions.read(browser.cookie ?? '')).visits).toBe(1)
  await sessions.user('https://id.example/ann').revoke()
  await browser.request((session) => session.destroy())
  await sessions.dispose()

  for (const way of ways) expect(way).not.toHaveBeenCalled()
})
