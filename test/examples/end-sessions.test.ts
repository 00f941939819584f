import { expect, test } from 'vitest'
import { Visitor } from '../../src/testing/visitor.ts'
import { sampleWith, startSample } from './page-sample.ts'

// The guide's "Log out everywhere else": recipes that list sessions and end some.

/** The first revoke waits until '/let-go'. '/held' answers when it does. */
const HELD_REVOKE = `
const held = Promise.withResolvers<void>()
const letGo = Promise.withResolvers<void>()
const { sessions } = app
const revoke = sessions.revoke.bind(sessions)
sessions.revoke = async (id) => {
  held.resolve()
  await letGo.promise
  return revoke(id)
}
app.get('/held', async (req, res) => {
  await held.promise
  res.json({})
})
app.get('/let-go', (req, res) => {
  letGo.resolve()
  res.json({})
})
app.post('/enter/:device', (req, res) => {
  req.session.userId = '123'
  req.session.device = req.params.device
  res.json({})
})
app.post('/new-id', async (req, res) => {
  await req.session.regenerate({ keep: true })
  res.json({})
})
app.get('/me', (req, res) => res.json(req.session.userId ?? null))
app.get('/count', async (req, res) => res.json((await app.sessions.user('123').list()).length))
console.log((await app.listen(0)).url)
`

async function start(words: string): Promise<string> {
  const { name, text } = sampleWith('docs/guide.md', words)
  return (await startSample(name, text + HELD_REVOKE)).url
}

/** Lets a session get another id while the recipe is between its list and its revoke. */
async function changeIdBetween(url: string, end: () => Promise<Response>, other: Visitor): Promise<Response> {
  const director = new Visitor(url)
  const ended = end()
  await director.get('/held')
  await other.post('/new-id')
  await director.get('/let-go')
  return ended
}

test('ending one session ends it as well when it gets a new id meanwhile, and no other [P4]', async () => {
  const url = await start('/sessions/:device/end')
  const [here, other, third] = [new Visitor(url), new Visitor(url), new Visitor(url)]
  await here.post('/enter/here')
  await other.post('/enter/other')
  await third.post('/enter/third')
  const ended = await changeIdBetween(url, () => here.post('/sessions/other/end'), other)
  expect([ended.status, await ended.json()]).toEqual([200, { ended: 1 }])
  const left = [here, other, third].map(async (visitor) => (await visitor.get('/me')).json())
  expect(await Promise.all(left)).toEqual(['123', null, '123'])
  expect((await here.post('/sessions/other/end')).status).toBe(404)
})

test('five sessions stay five when one of those that end gets a new id meanwhile [P4]', async () => {
  const url = await start('others.slice(4)')
  const visitors = Array.from({ length: 6 }, () => new Visitor(url))
  for (const visitor of visitors.slice(0, 5)) await visitor.post('/login')
  const [oldest = new Visitor(url)] = visitors
  await changeIdBetween(url, async () => (visitors[5] ?? oldest).post('/login'), oldest)
  expect(await (await oldest.get('/count')).json()).toBe(5)
})
