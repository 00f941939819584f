import { expect, test } from 'vitest'
import { Visitor } from '../../src/testing/visitor.ts'
import { sampleWith, startSample } from './page-sample.ts'

/** The first answer is looked at until '/let-go'. '/held' answers when it is. */
const HELD_ANSWER = `
const held = Promise.withResolvers<void>()
const letGo = Promise.withResolvers<void>()
let answers = 0
async function userOf(answer: { challenge?: string }, challenge: string) {
  answers++
  held.resolve()
  if (answers === 1) await letGo.promise
  return answer.challenge === challenge ? '123' : undefined
}
app.get('/held', async (req, res) => {
  await held.promise
  res.json({})
})
app.get('/let-go', (req, res) => {
  letGo.resolve()
  res.json({})
})
app.get('/me', (req, res) => res.json(req.session))
console.log((await app.listen(0)).url)
`

test('the guide’s value used once is good for one of two answers that are sent in parallel [P3]', async () => {
  const { name, text } = sampleWith('docs/sign-in.md', '// passkey.ts')
  const { url } = await startSample(name, text + HELD_ANSWER)
  const visitor = new Visitor(url)
  const director = new Visitor(url)
  const answer = Object(await (await visitor.post('/passkey/begin')).json())
  const first = visitor.post('/passkey', answer)
  await director.get('/held')
  expect((await visitor.copy().post('/passkey', answer)).status).toBe(400)
  await director.get('/let-go')
  expect((await first).status).toBe(200)
  expect(await (await visitor.get('/me')).json()).toEqual({ userId: '123' })
})
