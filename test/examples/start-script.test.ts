import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeTree, repository } from '../scripts/tree.ts'

// Stands in for the demo: says who and where it is, and stays until it is told to end.
const SERVER = `
const { createServer } = require('node:http')
const server = createServer((_request, response) => response.end('here')).listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ pid: process.pid, port: server.address().port }))
})
`

/** Runs the repository's own start script, in a project whose build does nothing. */
function npmStart(): ReturnType<typeof spawn> {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
  const manifest = { private: true, scripts: { build: 'true', start: scripts.start } }
  const cwd = makeTree({ 'package.json': JSON.stringify(manifest), 'examples/demo/main.ts': SERVER })
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)
  return spawn('npm', ['start', '--silent'], { cwd, env: { ...process.env, PATH }, stdio: 'pipe' })
}

test('SIGTERM to npm start ends the demo, and its port is free', async () => {
  const npm = npmStart()
  const ended = once(npm, 'exit')
  const [printed] = await once(npm.stdout ?? npm, 'data')
  const { pid, port } = JSON.parse(String(printed))
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended, as it should.
    }
  })
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('here')
  npm.kill('SIGTERM')
  await ended
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow()
})
