import { inspect } from 'node:util'
import { defaultDbStatementSerializer } from '@opentelemetry/redis-common'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sessions } from '../../../src/core/sessions.ts'
import { coverText, uncovered } from '../../../src/stores/redis/covered-text.ts'
import { request, sessionsOn } from '../../faults/traffic.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { openIoRedis, openIoValkey, openNodeRedis } from './clients.ts'

const CARD = '4111-1111-1111-1111'

test('a text is covered from whoever prints it, and read again as it was', () => {
  const covered = coverText(`{"card":"${CARD}","name":"\uFEFFBj\u00f6rn \u{1f9e5}"}`)
  for (const print of [String(covered), JSON.stringify([covered]), inspect([covered]), `${covered}`])
    expect(print).toContain('a session')
  expect(uncovered(covered)).toBe(`{"card":"${CARD}","name":"\uFEFFBj\u00f6rn \u{1f9e5}"}`)
  expect(uncovered('GET')).toBe('GET')
})

function isPart(arg: unknown): arg is string | Buffer {
  return typeof arg === 'string' || Buffer.isBuffer(arg)
}

describe.each([
  ['node-redis', openNodeRedis, 'sendCommand'],
  ['ioredis', openIoRedis, 'call'],
  ['iovalkey', openIoValkey, 'call'],
] as const)('what %s is given', (_name, open, method) => {
  const sent: unknown[][] = []
  let server: RedisServer
  let sessions: Sessions
  let close: () => Promise<void>

  beforeAll(async () => {
    server = await startRedis()
    const opened = await open(server)
    close = opened.close
    const send: unknown = Reflect.get(opened.client, method)
    Reflect.set(opened.client, method, (...args: unknown[]) => {
      sent.push(args.flat())
      return Reflect.apply(Object(send), opened.client, args)
    })
    sessions = sessionsOn(opened.client)
  })
  afterAll(async () => {
    await close()
    await server.stop()
  })

  test('shows no session data where tracing prints it as OpenTelemetry does [A28]', async () => {
    const cookie = await request(sessions, '', (session) => {
      session.card = CARD
    })
    await request(sessions, cookie, (session) => {
      session.name = 'Bj\u00f6rn'
    })
    await request(sessions, cookie, (session) =>
      session.update((draft) => void Object.assign(draft, { count: 1 })),
    )
    let data: unknown
    await request(sessions, cookie, (session) => {
      data = session.toJSON()
    })
    expect(data).toEqual({ card: CARD, name: 'Bj\u00f6rn', count: 1 })
    const printed = sent.map(([name, ...args]) =>
      defaultDbStatementSerializer(
        String(name),
        args.flatMap((arg) => (isPart(arg) ? arg : [])),
      ),
    )
    expect(printed.some((text) => /^evalsha /i.test(text))).toBe(true) // or this test shows nothing
    expect(`${printed} ${JSON.stringify(sent)} ${inspect(sent, { depth: 9 })}`).not.toMatch(/4111|rn"/)
  })
})
