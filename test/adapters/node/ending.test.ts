import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Committable, HeldResponse } from '../../../src/adapters/held-response.ts'
import { session } from '../../../src/adapters/node.ts'
import type { RecordPage } from '../../../src/core/store.ts'
import { settle } from '../../engine/later-store.ts'
import { serve } from '../../engine/serve.ts'
import { PACES, servingPort, startPaced, type TestStore } from '../harness/paced.ts'
import { RawClient } from '../harness/raw-client.ts'

describe('a change made after the first byte', () => {
  test('is saved before the end goes out [P2]', async () => {
    const { sessions, store } = startPaced('later')
    const port = await servingPort(
      createServer(
        session(sessions, async (request, response) => {
          request.session.visits = 1
          response.write('first,')
          await request.session.save()
          request.session.visits = 2
          response.end('the last part')
        }),
      ),
    )
    const gate = store.hold('replace')
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    await gate.reached
    await settle()
    expect(client.received).toContain('first,')
    expect(client.received).not.toContain('the last part')
    expect(await dataIn(store)).toEqual(['{"visits":1}'])
    gate.release()
    expect(await client.untilClosed()).toContain('the last part')
    expect(await dataIn(store)).toEqual(['{"visits":2}'])
  })

  test.each(PACES)('inside an object is saved too, with a store that answers %s [P2]', async (pace) => {
    const { sessions, store } = startPaced(pace)
    const port = await servingPort(
      createServer(
        session(sessions, (request, response) => {
          const cart: string[] = []
          request.session.cart = cart
          response.writeHead(200)
          cart.push('hat')
          response.write('first')
          cart.push('coat')
          response.end()
        }),
      ),
    )
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    await client.untilClosed()
    expect(await dataIn(store)).toEqual(['{"cart":["hat","coat"]}'])
  })

  test.each(PACES)(
    'and made after the end is saved all the same, with a store that answers %s',
    async (pace) => {
      const { sessions, store } = startPaced(pace)
      const port = await servingPort(
        createServer(
          session(sessions, (request, response) => {
            request.session.visits = 1
            response.end()
            request.session.visits = 2
          }),
        ),
      )
      const client = new RawClient(port)
      client.get('/', 'Connection: close')
      await client.untilClosed()
      await vi.waitFor(async () => expect(await dataIn(store)).toEqual(['{"visits":2}']))
    },
  )

  test('that cannot be saved breaks the body off, since the status is out [P2]', async () => {
    const warned: string[] = []
    const listen = (warning: Error): void => void warned.push(warning.message)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const { sessions, store } = startPaced('later')
    const seen = Promise.withResolvers<void>()
    const port = await servingPort(
      createServer(
        session(sessions, async (request, response) => {
          if (request.url === '/first') {
            request.session.visits = 1
            response.end()
            return
          }
          response.write('first,')
          await seen.promise
          request.session.visits = 2
          store.fail('replace')
          response.end('the last part')
        }),
      ),
    )
    const visitor = new RawClient(port)
    visitor.get('/first', 'Connection: close')
    const [, cookie = ''] = /set-cookie: ([^;]+)/.exec(await visitor.untilClosed()) ?? []
    const client = new RawClient(port)
    client.get('/', `Cookie: ${cookie}`)
    await client.until('first,')
    seen.resolve()
    const received = await client.untilClosed()
    expect(received).not.toContain('the last part')
    expect(received).not.toContain('\r\n0\r\n')
    expect(warned).toContainEqual(expect.stringContaining('A response was cut off'))
  })
})

async function dataIn(store: TestStore): Promise<string[]> {
  const { records }: RecordPage = await store.entries()
  return records.map(({ data }) => data)
}

test('an end goes out although what it waits for has something to save each time', async () => {
  let commits = 0
  const restless: Committable = {
    commit: async () => {
      commits++
      return null
    },
    commitUnheard: () => expect.unreachable(),
    giveUp: () => null,
  }
  const url = await serve((_request, response) => {
    HeldResponse.hold(response, restless, () => expect.unreachable())
    response.end('the end')
  })
  expect(await (await fetch(url)).text()).toBe('the end')
  expect(commits).toBe(2)
})
