import { randomBytes } from 'node:crypto'
import { createDemo } from './demo-app.ts'

const { PORT, HOST, NODE_ENV, SESSION_SECRET } = process.env
const host = HOST || '127.0.0.1'

if (!SESSION_SECRET) {
  console.log('SESSION_SECRET is not set, so this demo made one up: a restart logs everybody out.')
}

const app = createDemo({
  sessionSecret: SESSION_SECRET || randomBytes(32).toString('base64url'),
  // Over plain http a Secure cookie is dropped without an error, and each request begins a new session. On localhost it may
  // be kept (curl 7.88 and Chromium do), but not by every browser.
  secureCookies: NODE_ENV === 'production',
})

try {
  const { port } = await app.listen(Number(PORT || 3000), host)
  console.log(`Coatcheck demo: http://${host === '127.0.0.1' ? 'localhost' : host}:${port}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error('Set PORT to use another port: PORT=8080 npm start, or PORT=0 for a free one.')
  await app.close()
  process.exitCode = 1
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close())
}
