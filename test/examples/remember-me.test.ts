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
})
