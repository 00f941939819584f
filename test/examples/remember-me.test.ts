import { describe, expect, test } from 'vitest'
import { Visitor } from '../../src/testing/visitor.ts'
import { sampleWith, startSample } from './page-sample.ts'

const ROUTES = `
app.get('/me', (req, res) => res.send(String(req.session.userId ?? null)))
app.post('/lose', async (req, res) => {
  await req.session.destroy()
  res.json({})
})
console.log((await app.listen(0)).url)
`

/** After '/hold' one lookup keeps what it has found to itself until '/let-go'. '/held' answers when it does. */
const HELD_LOOKUP = `
let hold = false
const held = Promise.withResolvers<void>()
const letGo = Promise.withResolvers<void>()
const find = remembered.get.bind(remembered)
remembered.get = ((key: string) => {
  const found = find(key)
  if (!hold || found === undefined) return found
  hold = false
  held.resolve()
  return letGo.promise.then(() => found)
}) as typeof find
app.get('/hold', (req, res) => {
  hold = true
  res.json({})
})
app.get('/held', async (req, res) => {
  await held.promise
  res.json({})
})
app.get('/let-go', (req, res) => {
  held.resolve()
  letGo.resolve()
  res.json({})
})
`

describe('the guide’s Remember me', () => {
  test('logs a device in again when its session is gone, until it logs out', async () => {
    const { name, text } = sampleWith('docs/guide.md', 'remember_token')
    const { url } = await startSample(name, text + ROUTES)
    const visitor = new Visitor(url)
    const user = async (): Promise<string> => (await visitor.get('/me')).text()
    await visitor.post('/login', { rememberMe: true })
    const token = visitor.cookies.get('remember_token')
    await visitor.post('/lose')
    expect(await user()).toBe('123')

    await visitor.post('/logout')
    expect(await user()).toBe('null')
    expect(visitor.cookies.has('remember_token')).toBe(false)
    // A copy of the cookie is no way in either.
    visitor.cookies.set('remember_token', token ?? '')
    expect(await user()).toBe('null')
  })

  test('a request under way during a logout does not log in again with the token it has found [P4]', async () => {
    const { name, text } = sampleWith('docs/guide.md', 'remember_token')
    const { url } = await startSample(name, text + HELD_LOOKUP + ROUTES)
    const visitor = new Visitor(url)
    const director = new Visitor(url)
    await visitor.post('/login', { rememberMe: true })
    await director.get('/hold')
    const held = director.get('/held')
    const poll = visitor.get('/me')
    // A recipe that asks the session first does not look the token up at all.
    await Promise.race([held, poll])
    await visitor.copy().post('/logout')
    await director.get('/let-go')
    await Promise.all([held, poll])
    expect(await (await visitor.get('/me')).text()).toBe('null')
  })
})
