import { describe, expect, test } from 'vitest'
import { AdapterVisitor } from '../../src/testing/adapter-visitor.ts'
import { freePort } from '../servers/free-port.ts'
import { readPage, sampleWith, startSample } from './page-sample.ts'

describe.each(['express', 'fastify', 'hono', 'koa', 'node'])('the page for %s', (framework) => {
  const path = `docs/frameworks/${framework}.md`

  test('begins with a program that counts, under the name its command starts it by', async () => {
    const { name, text } = sampleWith(path, '')
    expect(text).toContain('3000')
    const example = await startSample(name, text.replaceAll('3000', String(await freePort())))
    const visitor = new AdapterVisitor({ origin: example.url, close: () => {} })
    expect(await visitor.json('/')).toEqual({ visits: 1 })
    expect(await visitor.json('/')).toEqual({ visits: 2 })
    expect(readPage(path)).toContain(`node --env-file=.env ${name}`)
  })

  test('begins with a folder in which that program may use import', () => {
    const [beginning] = readPage(path).split('```ts')
    expect(beginning).toContain('npm init -y && npm pkg set type=module')
  })
})
