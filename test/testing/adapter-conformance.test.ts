import { createServer } from 'node:http'
import { describe, expect, test, vi } from 'vitest'
import { session } from '../../src/adapters/node.ts'
import type { Passage } from '../../src/index.ts'
import {
  type AdapterApp,
  adapterConformance,
  type ServeApp,
  type ServedApp,
} from '../../src/testing/index.ts'
import { listen } from '../adapters/harness/listen.ts'
import { serveNode } from '../adapters/harness/node.ts'
import { answerOnNode } from '../adapters/harness/node-answer.ts'

const serveOnNode = serveNode(session)

interface RegisteredCase {
  id: string
  title: string
  run: (context?: unknown) => Promise<void>
}

/** Registers the suite on an adapter, and gives the cases instead of running them. */
function casesOf(serve: ServeApp, skip: { id: string; reason: string }[] = []): RegisteredCase[] {
  const cases: RegisteredCase[] = []
  adapterConformance({
    name: 'an adapter',
    serve,
    skip,
    test: (title, run) => cases.push({ id: /adapter\/[\w-]+/.exec(title)?.[0] ?? '', title, run }),
  })
  return cases
}

/** An adapter that answers first and saves afterwards, as many do. It knows the session of one manager only. */
function serveCarelessly({ mounts: [sessions], routes }: AdapterApp): Promise<ServedApp> {
  const server = createServer(async (request, response) => {
    const route = routes.find(({ path }) => path === request.url)
    const passage: Passage<object> | undefined = await sessions?.open(request.headers.cookie)
    if (route === undefined || passage === undefined) {
      response.writeHead(404).end()
      return
    }
    await answerOnNode(await route.answer(passage), response)
    try {
      await passage.commit()
    } catch {
      // Nobody is told.
    }
  })
  return listen(server)
}

describe('adapterConformance', () => {
  test('gives each case an id of its own', () => {
    const ids = casesOf(serveOnNode).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toContain('adapter/commit-before-first-byte')
  })

  test.each([
    'adapter/commit-before-first-byte',
    'adapter/commit-before-redirect',
    'adapter/failed-save-json',
    'adapter/new-user-new-id',
    'adapter/own-cookies-stay',
    'adapter/no-store-with-cookie',
  ])('fails an adapter that answers before it saves: %s', async (id) => {
    const found = casesOf(serveCarelessly).find((candidate) => candidate.id === id)
    await expect(found?.run()).rejects.toThrow(/^With a store that answers at once: /)
  })

  test('tells the runner of a case that is left out, with the reason', async () => {
    const skip = vi.fn()
    const [first] = casesOf(serveOnNode, [{ id: 'adapter/commit-before-first-byte', reason: 'for a test' }])
    expect(first?.title).toContain('[skipped: for a test]')
    await first?.run({ skip })
    await first?.run(Object.assign(() => {}, { skip }))
    expect(skip.mock.calls).toEqual([['for a test'], ['for a test']])
  })

  test('tells the runner of a case that the harness has no means for', async () => {
    const skip = vi.fn()
    const serve = async (app: AdapterApp): Promise<ServedApp> => {
      const { origin, close } = await serveOnNode(app)
      return { origin, close }
    }
    await casesOf(serve)
      .find(({ id }) => id === 'adapter/several-cookie-lines')
      ?.run({ skip })
    expect(skip).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('getWithCookieFields'))
  })

  test.each([
    [{ id: 'adapter/no-such-case', reason: 'for a test' }, /names 'adapter\/no-such-case'/],
    [{ id: 'adapter/clear', reason: ' ' }, /needs a reason/],
  ])('refuses the skip %j', (skip, message) => {
    expect(() => casesOf(serveOnNode, [skip])).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    )
    expect(() => casesOf(serveOnNode, [skip])).toThrow(message)
  })
})
