import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { startProcess, temporaryFolder } from './start-process.ts'

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('Not so within 5 s.')
    await delay(10)
  }
}

describe('startProcess', () => {
  test('waits until the server answers, and leaves nothing when it is stopped', async () => {
    const folder = temporaryFolder('test')
    let asked = 0
    const ready = async (): Promise<boolean> => ++asked === 3
    const started = await startProcess('sleep', ['60'], { folder, ready })
    expect(asked).toBe(3)
    expect(isRunning(started.pid)).toBe(true)
    await started.stop()
    expect(isRunning(started.pid)).toBe(false)
    expect(existsSync(folder)).toBe(false)
  })

  test('keeps the folder after a kill, for the next start', async () => {
    const folder = temporaryFolder('test')
    const started = await startProcess('sleep', ['60'], { folder, ready: async () => true })
    await started.kill()
    expect(isRunning(started.pid)).toBe(false)
    expect(existsSync(folder)).toBe(true)
    await started.stop()
    expect(existsSync(folder)).toBe(false)
  })

  test('tells what a server printed that ended before it answered', async () => {
    const starting = startProcess('sh', ['-c', 'echo no room left; exit 3'], { ready: async () => false })
    await expect(starting).rejects.toThrow(/sh ended[\s\S]*no room left/)
  })

  test('gives up on a server that never answers', async () => {
    const starting = startProcess('sleep', ['60'], { ready: async () => false, timeout: 50 })
    await expect(starting).rejects.toThrow(/did not answer in time/)
  })

  test('says so when there is no such program, and leaves nothing', async () => {
    const folder = temporaryFolder('test')
    const starting = startProcess('/no/such/program', [], { folder, ready: async () => true })
    await expect(starting).rejects.toThrow(/ENOENT/)
    expect(existsSync(folder)).toBe(false)
  })

  test('leaves nothing when the test process is killed', async () => {
    const folder = temporaryFolder('test')
    const module = JSON.stringify(fileURLToPath(new URL('./start-process.ts', import.meta.url)))
    const program = `
      const { startProcess } = await import(${module})
      const started = await startProcess('sleep', ['60'], { folder: process.argv[1], ready: async () => true })
      console.log(started.pid)
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder])
    const [printed] = await once(child.stdout, 'data')
    const pid = Number(String(printed))
    expect(isRunning(pid)).toBe(true)
    child.kill('SIGKILL')
    await until(() => !isRunning(pid) && !existsSync(folder))
  })
})
