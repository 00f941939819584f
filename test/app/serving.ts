import { onTestFinished } from 'vitest'
import { type App, type AppOptions, createApp } from '../../src/app/index.ts'
import type { DefaultData, StorableData } from '../../src/index.ts'
import { Visitor } from '../../src/testing/visitor.ts'

export const SECRET = 'a-secret-of-the-tests-0123456789-abcdefgh'

/** Makes an app with a secret; everything else as given. */
export function testApp<Data extends StorableData<Data> & object = DefaultData>(
  options: Partial<AppOptions<Data>> = {},
): App<Data> {
  return createApp<Data>({ sessionSecret: SECRET, ...options })
}

/** Lets an app listen on a free port until the test has ended. */
export async function serve(app: {
  listen(port: number, host: string): Promise<{ url: string }>
  close(): Promise<void>
}): Promise<string> {
  const { url } = await app.listen(0, '127.0.0.1')
  onTestFinished(() => app.close())
  return url
}

/** Lets an app listen, and gives a visitor who has not been there yet. */
export async function visitorOf(app: Parameters<typeof serve>[0]): Promise<Visitor> {
  return new Visitor(await serve(app))
}
